package ai.medr1.data;

import ai.medr1.core.InputException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Which columns hold what: names of columns by the names of our own ({@link #IMAGE} and so on). Of
 * several columns the first that has a value counts; of images and options, all of them.
 */
public record Columns(Map<String, List<String>> names) {
  public static final String ID = "id";
  public static final String IMAGE = "image";
  public static final String PROBLEM = "problem";
  public static final String ANSWER = "answer";
  public static final String OPTIONS = "options";
  public static final String MODALITY = "modality";
  public static final String TASK = "task";
  public static final String DATASET = "dataset";
  public static final String LANGUAGE = "language";
  public static final String ANSWER_TYPE = "answerType";

  /** The answer in its tags, as Med-R1's files have it; taken as it is. */
  static final String SOLUTION = "solution";

  private static final List<String> OWN =
      List.of(ID, IMAGE, PROBLEM, ANSWER, OPTIONS, MODALITY, TASK, DATASET, LANGUAGE, ANSWER_TYPE);

  static final List<String> IMAGES =
      Stream.concat(
              Stream.of(
                  "image",
                  "images",
                  "image_path",
                  "img_path",
                  "img_name",
                  "image_name",
                  "figure_path",
                  "file_name"),
              IntStream.rangeClosed(1, 9).mapToObj(i -> "image_" + i))
          .toList();

  static final List<String> OPTION_COLUMNS =
      Stream.of(
              List.of("options", "choices"), lettered("option_"), lettered("choice_"), lettered(""))
          .flatMap(List::stream)
          .toList();

  /** No columns of one's own. */
  public static final Columns NONE = new Columns(Map.of());

  public Columns {
    names = Map.copyOf(names);
  }

  /**
   * Columns that a user names.
   *
   * @throws InputException if a name on our side is none
   */
  public static Columns given(Map<String, List<String>> names) {
    names
        .keySet()
        .forEach(
            key -> {
              if (!OWN.contains(key)) {
                throw new InputException(
                    "columns: '%s' is none of our names, expected some of %s"
                        .formatted(key, new TreeSet<>(OWN)));
              }
            });
    return new Columns(names);
  }

  /** {@code Choice A} to {@code Choice Z}. */
  static List<String> lettered(String prefix) {
    return IntStream.range(0, 26).mapToObj(i -> prefix + Choices.letter(i)).toList();
  }

  List<String> of(String own) {
    return names.getOrDefault(own, List.of());
  }

  /** These, and where they say nothing, others. */
  Columns or(Columns others) {
    Map<String, List<String>> all = new HashMap<>(others.names);
    all.putAll(names);
    return new Columns(all);
  }

  /** All columns that are meant, for messages. */
  List<String> all() {
    List<String> all = new ArrayList<>();
    names.values().forEach(all::addAll);
    return all;
  }
}
