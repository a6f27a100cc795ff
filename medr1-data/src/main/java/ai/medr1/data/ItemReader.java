package ai.medr1.data;

import ai.medr1.core.InputException;
import ai.medr1.data.internal.rows.Row;
import ai.medr1.data.internal.rows.Rows;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes items of the rows of one file. The first row tells the form where none is given. */
final class ItemReader {
  private final DataForm asked;
  private final Columns given;
  private final Path imageRoot;
  private final Optional<Modality> modality;
  private final Optional<Task> task;
  private @Nullable DataForm form;

  /**
   * @param modality of all items, where the rows do not tell
   * @param task of all items, where the rows do not tell
   */
  ItemReader(
      DataForm asked,
      Columns given,
      Path imageRoot,
      Optional<Modality> modality,
      Optional<Task> task) {
    this.asked = asked;
    this.given = given;
    this.imageRoot = imageRoot;
    this.modality = modality;
    this.task = task;
  }

  /** All items of a file; what its name tells is true of all of them. */
  static List<VqaItem> read(Path file, DataForm form, Columns given, Path imageRoot) {
    String stem = Rows.stem(file);
    ItemReader reader = new ItemReader(form, given, imageRoot, Modality.of(stem), Task.of(stem));
    List<VqaItem> items = new ArrayList<>();
    Rows.read(file, row -> items.add(reader.item(row)));
    return items;
  }

  private VqaItem item(Row row) {
    DataForm known = form;
    if (known == null) {
      known = asked == DataForm.AUTO ? detect(row, given) : asked;
      form = known;
    }
    Columns columns = given.or(known.columns());
    return columns.of(Columns.SOLUTION).isEmpty()
        ? composed(row, columns, known)
        : split(row, columns, known);
  }

  // ---- the form

  /** The form that the columns of the first row are those of. */
  static DataForm detect(Row row, Columns given) {
    if (!given.names().isEmpty()) {
      return DataForm.COLUMNS;
    }
    if (has(row, "problem", "solution") && (has(row, "image") || has(row, "images"))) {
      return DataForm.MED_R1;
    }
    if (has(row, "gt_answer", "question", "image_path")) {
      return DataForm.OMNIMEDVQA;
    }
    if (has(row, "img_name", "question", "answer", "q_lang")) {
      return DataForm.SLAKE;
    }
    if (has(row, "figure_path", "question")) {
      return DataForm.PMC_VQA;
    }
    if (has(row, "question", "options", "label", "images")) {
      return DataForm.MEDXPERTQA_MM;
    }
    if (has(row, "qid", "image_name", "question", "answer")) {
      return DataForm.VQA_RAD;
    }
    Columns usual = DataForm.COLUMNS.columns();
    if (row.has(usual.of(Columns.PROBLEM)) && row.has(usual.of(Columns.ANSWER))) {
      return DataForm.COLUMNS;
    }
    throw new InputException(
        ("%s is in no form that is known: its items have the columns %s, expected for example"
                + " image, problem, solution (Med-R1) or image_path, question, gt_answer, option_A"
                + " (OmniMedVQA); say with columns which of them is the image, the problem, the answer"
                + " and the options")
            .formatted(row.file(), row.names()));
  }

  private static boolean has(Row row, String... columns) {
    return Arrays.stream(columns).allMatch(column -> row.has(List.of(column)));
  }

  // ---- items

  /** Med-R1's form: problem and solution are taken as they are. */
  private VqaItem split(Row row, Columns columns, DataForm known) {
    String problem = required(row, columns, Columns.PROBLEM);
    List<VqaImage> images = images(row, columns, known);
    return new VqaItem(
        id(row, columns),
        images,
        problem,
        required(row, columns, Columns.SOLUTION),
        Choices.parse(problem).options(),
        AnswerKind.LETTER,
        Labels.of(modality, task, datasetOf(images)),
        source(row));
  }

  private VqaItem composed(Row row, Columns columns, DataForm known) {
    List<VqaImage> images = images(row, columns, known);
    String question = required(row, columns, Columns.PROBLEM);
    List<Choices.Option> inText = known.isOpen() ? List.of() : Choices.parse(question).options();
    List<Choices.Option> inColumns = OptionColumns.of(row, columns.of(Columns.OPTIONS));
    List<Choices.Option> options = inColumns.isEmpty() ? inText : inColumns;
    boolean open = known.isOpen() || (options.isEmpty() && !row.has(columns.of(Columns.OPTIONS)));
    String answer = answer(row, columns);
    String gold = open ? answer : Gold.letter(answer, options, known == DataForm.OMNIMEDVQA);
    return new VqaItem(
        id(row, columns),
        images,
        inColumns.isEmpty() || same(inText, inColumns)
            ? question
            : Choices.compose(question, inColumns),
        "<answer> " + gold + " </answer>",
        options,
        open ? AnswerKind.TEXT : AnswerKind.LETTER,
        labels(row, columns, images, answer, open),
        source(row));
  }

  private static boolean same(List<Choices.Option> one, List<Choices.Option> other) {
    return one.stream()
        .map(ItemReader::plain)
        .toList()
        .equals(other.stream().map(ItemReader::plain).toList());
  }

  private static String plain(Choices.Option option) {
    return option.letter() + Gold.plain(option.text()).toLowerCase(Locale.ROOT);
  }

  private static String id(Row row, Columns columns) {
    return row.text(columns.of(Columns.ID))
        .map(String::strip)
        .filter(id -> !id.isEmpty())
        .orElse(Rows.stem(row.file()) + "#" + row.index());
  }

  private static VqaItem.Source source(Row row) {
    return new VqaItem.Source(row.file(), row.index());
  }

  /** A column that must be there; null and an empty cell are an empty text, which is told later. */
  private static String required(Row row, Columns columns, String own) {
    List<String> names = columns.of(own);
    if (!row.has(names)) {
      throw new InputException(
          "%s: '%s' must be a text, found keys %s"
              .formatted(row.place(), names.get(0), row.names()));
    }
    return row.text(names).orElse("");
  }

  /** A text, or the texts of a list with commas between them. */
  private static String answer(Row row, Columns columns) {
    List<String> names = columns.of(Columns.ANSWER);
    if (!row.has(names)) {
      return required(row, columns, Columns.ANSWER);
    }
    Optional<JsonNode> value = row.value(names);
    if (value.filter(JsonNode::isArray).isPresent()) {
      List<String> texts = new ArrayList<>();
      value.get().forEach(text -> Row.textOf(text).ifPresent(texts::add));
      return texts.stream().map(String::strip).collect(Collectors.joining(", "));
    }
    return row.text(names).orElse("").strip();
  }

  private Labels labels(
      Row row, Columns columns, List<VqaImage> images, String answer, boolean open) {
    Optional<AnswerType> type = row.text(columns.of(Columns.ANSWER_TYPE)).flatMap(AnswerType::of);
    boolean yesNo = answer.equalsIgnoreCase("yes") || answer.equalsIgnoreCase("no");
    return Labels.of(
            row.text(columns.of(Columns.MODALITY)).flatMap(Modality::of).or(() -> modality),
            row.text(columns.of(Columns.TASK)).flatMap(Task::of).or(() -> task),
            row.text(columns.of(Columns.DATASET))
                .filter(name -> !name.isBlank())
                .or(() -> datasetOf(images)))
        .withAnswers(
            open ? type.or(() -> Optional.of(yesNo ? AnswerType.CLOSED : AnswerType.OPEN)) : type,
            row.text(columns.of(Columns.LANGUAGE)));
  }

  private static Optional<String> datasetOf(List<VqaImage> images) {
    return images.stream().findFirst().flatMap(image -> VqaItem.datasetOf(image.name()));
  }

  private List<VqaImage> images(Row row, Columns columns, DataForm known) {
    List<String> names = columns.of(Columns.IMAGE);
    if (known != DataForm.COLUMNS && !row.has(names)) {
      throw new InputException(
          "%s: '%s' must be an image, found keys %s"
              .formatted(row.place(), names.get(0), row.names()));
    }
    boolean all = given.names().containsKey(Columns.IMAGE);
    return new ImageColumns(imageRoot, known.folders()).of(row, names, all);
  }
}
