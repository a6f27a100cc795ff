package ai.medr1.grpo;

import ai.medr1.core.InputException;
import ai.medr1.core.image.PreprocessorConfig;
import ai.medr1.core.text.Processor;
import ai.medr1.core.text.Prompt;
import ai.medr1.core.text.Tokenizer;
import ai.medr1.data.PromptTemplate;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.VqaPrompts;
import ai.medr1.grpo.config.DataConfig;
import java.nio.file.Path;

/** Makes an item a prompt: reads its images, asks its question. Safe for use by several threads. */
final class Prompts implements AutoCloseable {
  private final PromptTemplate template;
  private final int longest;
  private final Processor processor;

  /** Opens the processor of a checkpoint. */
  Prompts(Path model, DataConfig config) {
    this.template = config.template();
    this.longest = config.maxPromptLength();
    PreprocessorConfig images =
        PreprocessorConfig.ofModel(model).withPixels(config.minPixels(), config.maxPixels());
    this.processor = Processor.load(model, images);
  }

  /**
   * The prompt of an item.
   *
   * @throws InputException naming the item if an image cannot be read or the prompt is too long
   */
  Prompt of(VqaItem item) {
    Prompt prompt = whole(item);
    processor.requireLength(prompt, longest, "item " + item.id());
    return prompt;
  }

  private Prompt whole(VqaItem item) {
    try {
      return VqaPrompts.prompt(processor, template, item);
    } catch (InputException e) {
      throw new InputException("item " + item.id() + ": " + e.getMessage(), e);
    }
  }

  Tokenizer tokenizer() {
    return processor.tokenizer();
  }

  @Override
  public void close() {
    processor.close();
  }
}
