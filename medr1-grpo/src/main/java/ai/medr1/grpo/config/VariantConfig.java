package ai.medr1.grpo.config;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/**
 * A way to train and to ask, of which an experiment makes a matrix.
 *
 * @param name for folders and tables
 * @param train how its models are trained
 * @param prompt {@code think}, {@code no-think}, {@code think-after}, {@code zero-shot}, or a text
 *     with {@code {Question}} in it; in training and evaluation
 * @param set {@code key=value} settings of its training, which win over the block grpo or sft
 */
@RecordBuilder
public record VariantConfig(String name, Training train, String prompt, List<String> set)
    implements VariantConfigBuilder.With {

  /** How the models of a variant are trained. */
  public enum Training {
    /** Not at all: the model that the others start from. */
    NONE,
    GRPO,
    SFT
  }

  public VariantConfig {
    set = List.copyOf(set);
    Check.that(
        name.matches("[A-Za-z0-9][A-Za-z0-9._-]*|"),
        "name is made of letters, digits, dots, dashes and underscores, found " + name);
    Check.that(
        train != Training.NONE || set.isEmpty(),
        "set is " + set + ", but train is none, so that nothing would read it; remove it");
    new DataPrompt(prompt); // checks it
  }

  /** What a variant is without any key. */
  static VariantConfig defaults() {
    return new VariantConfig("", Training.GRPO, "think", List.of());
  }

  /** How its models are asked. */
  public DataPrompt asked() {
    return new DataPrompt(prompt);
  }
}
