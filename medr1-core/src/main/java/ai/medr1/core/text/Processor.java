package ai.medr1.core.text;

import ai.medr1.core.InputException;
import ai.medr1.core.image.DecodeMode;
import ai.medr1.core.image.GridThw;
import ai.medr1.core.image.ImageProcessor;
import ai.medr1.core.image.PixelValues;
import ai.medr1.core.image.PreprocessorConfig;
import ai.medr1.core.image.RgbImage;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/**
 * Makes prompts of messages and images: renders the checkpoint's chat template, expands every image
 * placeholder to the tokens of its image, tokenizes, preprocesses the images. Safe for use by
 * several threads. Owns its tokenizer.
 */
public final class Processor implements AutoCloseable {
  private final Tokenizer tokenizer;
  private final ChatTemplate template;
  private final ImageProcessor imageProcessor;
  private final int mergeSize;
  private final int imagePad;

  Processor(Tokenizer tokenizer, ChatTemplate template, PreprocessorConfig images) {
    this.tokenizer = tokenizer;
    this.template = template;
    this.imageProcessor = new ImageProcessor(images);
    this.mergeSize = images.mergeSize();
    this.imagePad = tokenizer.id(Placeholders.IMAGE);
  }

  /**
   * The processor of a checkpoint directory.
   *
   * @throws InputException if a file of it is missing or cannot be used
   */
  public static Processor load(Path dir) {
    return load(dir, PreprocessorConfig.ofModel(dir));
  }

  /** The same with other settings for images than the directory's. */
  public static Processor load(Path dir, PreprocessorConfig images) {
    ChatTemplate template = ChatTemplate.load(dir);
    Tokenizer tokenizer = Tokenizer.load(dir);
    try {
      return new Processor(tokenizer, template, images);
    } catch (RuntimeException e) {
      tokenizer.close();
      throw e;
    }
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  /**
   * The prompt for the assistant's next turn.
   *
   * @param images one for every image place, in their order
   * @throws InputException if the number of images does not fit, or a text contains a placeholder
   */
  public Prompt prompt(List<Message> messages, List<RgbImage> images) {
    return prompt(messages, images, ChatTemplate.Options.PROMPT);
  }

  /**
   * Reads and preprocesses an image, for {@link #assemble}.
   *
   * @throws InputException naming the file, when it cannot be read or its shape is too extreme
   */
  public PixelValues image(Path file) {
    return imageProcessor.process(file, DecodeMode.LOAD_IMAGE);
  }

  /** The same with options of the template. */
  public Prompt prompt(
      List<Message> messages, List<RgbImage> images, ChatTemplate.Options options) {
    Placeholders.check(messages, images.size());
    return assemble(messages, images.stream().map(imageProcessor::process).toList(), options);
  }

  /**
   * The prompt of messages whose images are preprocessed already.
   *
   * @param images one for every image place, in their order
   * @throws InputException if the number of images does not fit, or a text contains a placeholder
   */
  public Prompt assemble(
      List<Message> messages, List<PixelValues> images, ChatTemplate.Options options) {
    Placeholders.check(messages, images.size());
    String text = template.render(messages, options);
    List<GridThw> grids = images.stream().map(PixelValues::grid).toList();
    int[] ids = tokenizer.encode(Placeholders.expand(text, grids, mergeSize));
    return new Prompt(ids, images, text);
  }

  /**
   * The tokens that an image of this size gets in a prompt.
   *
   * @throws InputException if its shape is too extreme
   */
  public int imageTokens(int height, int width) {
    return imageProcessor.tokens(height, width);
  }

  /**
   * Refuses a prompt that is too long. Nothing is ever cut from a prompt: without some of its image
   * tokens it would be another image.
   *
   * @param item names the prompt in the error
   */
  public void requireLength(Prompt prompt, int maxPromptLength, String item) {
    int length = prompt.ids().length;
    if (length > maxPromptLength) {
      long imageTokens = Arrays.stream(prompt.ids()).filter(id -> id == imagePad).count();
      throw new InputException(
          ("%s: the prompt has %d tokens (%d of them for images), more than maxPromptLength %d;"
                  + " raise maxPromptLength, or lower maxPixels for smaller images")
              .formatted(item, length, imageTokens, maxPromptLength));
    }
  }

  @Override
  public void close() {
    tokenizer.close();
  }
}
