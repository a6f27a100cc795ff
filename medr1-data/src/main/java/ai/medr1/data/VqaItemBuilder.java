package ai.medr1.data;

import ai.medr1.core.InputException;
import java.awt.image.BufferedImage;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes an item in code: {@link VqaItem#question}. With {@link #options} the right answer is the
 * letter of one of them, without it is a text.
 */
public final class VqaItemBuilder {
  private final String question;
  private final List<VqaImage> images = new ArrayList<>();
  private List<Choices.Option> options = List.of();
  private Labels labels = Labels.NONE;
  private @Nullable String id;

  VqaItemBuilder(String question) {
    this.question = question;
  }

  /**
   * What the item is called in files and messages; unique among the items of a run and the same in
   * every run. Without one, it follows from the question, the images and the answer.
   */
  public VqaItemBuilder id(String name) {
    id = name;
    return this;
  }

  /** One more image. */
  public VqaItemBuilder image(VqaImage image) {
    images.add(image);
    return this;
  }

  /** One more image, from a file. */
  public VqaItemBuilder image(Path file) {
    return image(VqaImage.of(file.toString(), file));
  }

  /** One more image, from memory; its levels are copied. */
  public VqaItemBuilder image(BufferedImage picture) {
    return image(VqaImage.of("image " + (images.size() + 1), picture));
  }

  /**
   * One more image, from the bytes of an image file.
   *
   * @param file PNG, JPEG, DICOM or any other that is read from files; not to be changed any more
   */
  public VqaItemBuilder image(byte[] file) {
    return image(VqaImage.of("image " + (images.size() + 1), file));
  }

  /**
   * The texts to choose from, at least two; they get the letters A, B, C, … and stand behind the
   * question, as in Med-R1's data.
   */
  public VqaItemBuilder options(String... texts) {
    return options(List.of(texts));
  }

  /** The same as a list. */
  public VqaItemBuilder options(List<String> texts) {
    List<Choices.Option> lettered = new ArrayList<>();
    for (String text : texts) {
      lettered.add(new Choices.Option(Choices.letter(lettered.size()), text));
    }
    options = lettered;
    return this;
  }

  /** What the image is of. */
  public VqaItemBuilder modality(Modality modality) {
    return labels(labels.withModality(Optional.of(modality)));
  }

  /** What is asked for. */
  public VqaItemBuilder task(Task task) {
    return labels(labels.withTask(Optional.of(task)));
  }

  /** All that is known. */
  public VqaItemBuilder labels(Labels known) {
    labels = known;
    return this;
  }

  /**
   * The item.
   *
   * @param right the right answer: of options the letter or the text, else any text
   * @throws InputException if it is none of the options
   */
  public VqaItem answer(String right) {
    String problem = options.isEmpty() ? question : Choices.compose(question, options);
    String gold = options.isEmpty() ? right.strip() : letter(right);
    String name = id == null ? digest(problem, gold) : id;
    return new VqaItem(
        name,
        images,
        problem,
        "<answer> " + gold + " </answer>",
        options,
        options.isEmpty() ? AnswerKind.TEXT : AnswerKind.LETTER,
        labels,
        VqaItem.Source.ofProgram(name));
  }

  private String letter(String right) {
    String letter = Gold.letter(right, options, true);
    if (options.stream().noneMatch(option -> option.letter().equals(letter))) {
      throw new InputException(
          "the answer '%s' to '%s' is none of its options; give the text or the letter of one of %s"
              .formatted(
                  right,
                  question,
                  options.stream().map(Choices.Option::text).collect(Collectors.joining(", "))));
    }
    return letter;
  }

  private String digest(String problem, String gold) {
    String all =
        images.stream().map(VqaImage::identity).collect(Collectors.joining("\n"))
            + "\n"
            + problem
            + "\n"
            + gold;
    return ImageBytes.digest(all.getBytes(StandardCharsets.UTF_8)).replace("sha256:", "item-");
  }
}
