package ai.medr1.data;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One visual question with its options and its answer.
 *
 * @param id unique in its data set and the same in every run
 * @param imageName the image as the file names it
 * @param image where the image lies: the name resolved against the image root
 * @param problem the question and its options, as the model gets them
 * @param solution the answer as the file has it, {@code <answer> C </answer>}
 * @param options what the problem offers; empty where it offers nothing
 * @param modality empty where the file does not tell
 * @param task empty where the file does not tell
 * @param dataset the public data set that the image comes from; empty where neither the file nor
 *     the image's name tells
 */
public record VqaItem(
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

  /** Where an item was read: the file and the place in it, counted from 0. */
  public record Source(Path file, int index) {
    @Override
    public String toString() {
      return file + " item " + index;
    }
  }

  /** OmniMedVQA keeps the images of each of its sources in a folder of its own. */
  private static final Pattern DATASET = Pattern.compile("(?:^|/)Images/([^/]+)/");

  private static final Pattern ANSWER = Pattern.compile("<answer>(.*?)</answer>", Pattern.DOTALL);

  public VqaItem {
    options = List.copyOf(options);
  }

  /** The absolute path of the image. */
  public String imageFile() {
    return image.toAbsolutePath().normalize().toString();
  }

  /** The right answer: the letter of an option, or whatever the file has in its place. */
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

  VqaItem withModality(Optional<Modality> known) {
    return new VqaItem(
        id, imageName, image, problem, solution, options, known, task, dataset, source);
  }

  VqaItem withTask(Optional<Task> known) {
    return new VqaItem(
        id, imageName, image, problem, solution, options, modality, known, dataset, source);
  }
}
