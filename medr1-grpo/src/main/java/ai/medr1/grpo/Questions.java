package ai.medr1.grpo;

import ai.medr1.core.InputException;
import ai.medr1.core.image.Images;
import ai.medr1.core.image.PreprocessorConfig;
import ai.medr1.core.image.RgbImage;
import ai.medr1.core.text.Content;
import ai.medr1.core.text.Message;
import ai.medr1.core.text.Processor;
import ai.medr1.core.text.Prompt;
import ai.medr1.core.text.Tokenizer;
import ai.medr1.data.PromptTemplate;
import ai.medr1.data.VqaItem;
import ai.medr1.grpo.config.DataConfig;
import java.lang.ref.SoftReference;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns items into prompts; keeps them as long as there is memory for it. */
final class Questions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Questions.class);
  private static final SoftReference<Prompt> NONE = new SoftReference<>(null);

  private final List<VqaItem> items;
  private final PromptTemplate template;
  private final DataConfig config;
  private final Processor processor;
  private final Map<Integer, SoftReference<Prompt>> made = new HashMap<>();

  /** Opens the processor of a checkpoint for these items. */
  Questions(List<VqaItem> items, Path model, DataConfig config) {
    this.items = items;
    this.template = config.template();
    this.config = config;
    PreprocessorConfig images =
        PreprocessorConfig.read(model.resolve("preprocessor_config.json"))
            .withPixels(config.minPixels(), config.maxPixels());
    this.processor = Processor.load(model, images);
  }

  /** The questions of a step, without those that cannot be asked. */
  List<Question> at(int[] indices) {
    List<Question> questions = new ArrayList<>();
    for (int place = 0; place < indices.length; place++) {
      int of = place;
      VqaItem item = items.get(indices[place]);
      prompt(indices[place]).ifPresent(prompt -> questions.add(new Question(of, item, prompt)));
    }
    return questions;
  }

  Tokenizer tokenizer() {
    return processor.tokenizer();
  }

  @Override
  public void close() {
    processor.close();
  }

  private Optional<Prompt> prompt(int index) {
    Prompt known = made.getOrDefault(index, NONE).get();
    if (known != null) {
      return Optional.of(known);
    }
    VqaItem item = items.get(index);
    try {
      Prompt prompt = make(item);
      made.put(index, new SoftReference<>(prompt));
      return Optional.of(prompt);
    } catch (InputException e) {
      if (config.badItems() == DataConfig.BadItems.ERROR) {
        throw e;
      }
      LOG.warn("item {} is skipped: {}", item.id(), e.getMessage());
      return Optional.empty();
    }
  }

  private Prompt make(VqaItem item) {
    RgbImage image = Images.read(item.image());
    Message message =
        Message.user(new Content.Image(), new Content.Text(template.apply(item.problem())));
    Prompt prompt = processor.prompt(List.of(message), List.of(image));
    processor.requireLength(prompt, config.maxPromptLength(), "item " + item.id());
    return prompt;
  }
}
