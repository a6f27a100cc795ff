package ai.medr1.data;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * OmniMedVQA in its original form: arrays of {@code {question_id, question_type, modality_type,
 * question, gt_answer, image_path, option_A, option_B, …}}.
 */
public final class OmniMedVqa {
  private static final int MOST_OPTIONS = 26;

  private OmniMedVqa() {}

  /**
   * Reads a file, or all JSON files below a folder.
   *
   * <p>The solution is the letter of the option that reads like {@code gt_answer}, but for case and
   * blanks. Where there is none, the item keeps the answer's text as its solution, and {@link
   * Inspection} reports it.
   *
   * @param imageRoot what {@code image_path} is relative to
   */
  public static VqaDataset load(Path fileOrFolder, Path imageRoot) {
    List<VqaItem> items = new ArrayList<>();
    for (Path file : files(fileOrFolder)) {
      items.addAll(ItemFile.read(file, row -> item(row, imageRoot)));
    }
    return new VqaDataset(ItemFile.stem(fileOrFolder), items);
  }

  private static List<Path> files(Path fileOrFolder) {
    return Files.isDirectory(fileOrFolder) ? ItemFile.in(fileOrFolder) : List.of(fileOrFolder);
  }

  private static VqaItem item(ItemFile.Row row, Path imageRoot) {
    List<Choices.Option> options = options(row);
    String imageName = row.text("image_path");
    String question = row.text("question");
    VqaItem.Source source = row.source();
    return new VqaItem(
        row.text("question_id", ItemFile.stem(source.file()) + "#" + source.index()),
        imageName,
        Splits.resolve(imageRoot, imageName, source),
        options.isEmpty() ? question : Choices.compose(question, options),
        "<answer> " + answer(row.text("gt_answer"), options) + " </answer>",
        options,
        Optional.of(row.text("modality_type", "")).flatMap(Modality::of),
        Optional.of(row.text("question_type", "")).flatMap(Task::of),
        dataset(row, imageName),
        source);
  }

  private static Optional<String> dataset(ItemFile.Row row, String imageName) {
    return Optional.of(row.text("dataset", ""))
        .filter(name -> !name.isBlank())
        .or(() -> VqaItem.datasetOf(imageName));
  }

  private static List<Choices.Option> options(ItemFile.Row row) {
    List<Choices.Option> options = new ArrayList<>();
    for (int i = 0; i < MOST_OPTIONS; i++) {
      String text = row.text("option_" + Choices.letter(i), "");
      if (text.isBlank()) {
        break;
      }
      options.add(new Choices.Option(Choices.letter(i), text.strip()));
    }
    return options;
  }

  private static String answer(String truth, List<Choices.Option> options) {
    return options.stream()
        .filter(option -> plain(option.text()).equalsIgnoreCase(plain(truth)))
        .map(Choices.Option::letter)
        .findFirst()
        .orElse(truth.strip());
  }

  private static String plain(String text) {
    return text.strip().replaceAll("\\s+", " ");
  }
}
