package ai.medr1.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * One question about images, with its options and its answer.
 *
 * @param id unique in its data set and the same in every run
 * @param images in the order in which the model sees them, before the text; may be none
 * @param problem the question and its options, as the model gets them
 * @param solution the answer as the file has it, {@code <answer> C </answer>}
 * @param options what the problem offers; empty where it offers nothing
 * @param answerKind whether the answer is the letter of an option or a text
 * @param labels what else the file tells
 */
public record VqaItem(
    String id,
    List<VqaImage> images,
    String problem,
    String solution,
    List<Choices.Option> options,
    AnswerKind answerKind,
    Labels labels,
    Source source) {

  /** Where an item was read: the file and the place in it, counted from 0. */
  public record Source(Path file, int index) {
    private static final int NO_FILE = -1;

    /** For an item that a program made. */
    public static Source ofProgram(String id) {
      return new Source(Path.of(id.replaceAll("[\\\\/:*?\"<>|\\p{Cntrl}]", "_")), NO_FILE);
    }

    @Override
    public String toString() {
      return index == NO_FILE ? "item " + file : file + " item " + index;
    }
  }

  /**
   * Begins an item that is made in code:
   *
   * <pre>{@code
   * VqaItem item = VqaItem.question("Which organ is shown?")
   *     .image(bufferedImage)
   *     .options("Liver", "Kidney", "Lung")
   *     .answer("Kidney");
   * }</pre>
   */
  public static VqaItemBuilder question(String text) {
    return new VqaItemBuilder(text);
  }

  /** OmniMedVQA keeps the images of each of its sources in a folder of its own. */
  private static final Pattern DATASET = Pattern.compile("(?:^|/)Images/([^/]+)/");

  private static final Pattern ANSWER = Pattern.compile("<answer>(.*?)</answer>", Pattern.DOTALL);

  public VqaItem {
    images = List.copyOf(images);
    options = List.copyOf(options);
  }

  /**
   * An item with one image file and a letter as its answer, as OmniMedVQA's are.
   *
   * @param imageName the image as the file names it
   * @param image where the image lies: the name resolved against the image root
   */
  public VqaItem(
      String id,
      String imageName,
      Path image,
      String problem,
      String solution,
      List<Choices.Option> options,
      Optional<Modality> modality,
      Optional<Task> task,
      Optional<String> dataset,
      Source source) {
    this(
        id,
        List.of(VqaImage.of(imageName, image)),
        problem,
        solution,
        options,
        AnswerKind.LETTER,
        Labels.of(modality, task, dataset),
        source);
  }

  /** The names of its images with commas between them. */
  public String imageName() {
    return images.stream().map(VqaImage::name).collect(Collectors.joining(", "));
  }

  /** The absolute path of the first image that is a file; empty where none is. */
  public String imageFile() {
    return images.stream()
        .flatMap(i -> i.file().stream())
        .findFirst()
        .map(VqaItem::place)
        .orElse("");
  }

  private static String place(Path file) {
    return file.toAbsolutePath().normalize().toString();
  }

  public Optional<Modality> modality() {
    return labels.modality();
  }

  public Optional<Task> task() {
    return labels.task();
  }

  public Optional<String> dataset() {
    return labels.dataset();
  }

  public Optional<AnswerType> answerType() {
    return labels.answerType();
  }

  /** The right answer: the letter of an option, a text, or whatever the file has in its place. */
  public String gold() {
    Matcher matcher = ANSWER.matcher(solution);
    return (matcher.find() ? matcher.group(1) : solution).strip();
  }

  /** The right option; empty where the answer is none of the options. */
  public Optional<Choices.Option> goldOption() {
    String gold = gold();
    return options.stream().filter(option -> option.letter().equals(gold)).findFirst();
  }

  /** The data set that the name of an image of OmniMedVQA tells: {@code Images/DATASET/…}. */
  static Optional<String> datasetOf(String imageName) {
    Matcher matcher = DATASET.matcher(imageName);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }

  VqaItem withLabels(Labels known) {
    return new VqaItem(id, images, problem, solution, options, answerKind, known, source);
  }
}
