package ai.medr1.core.config;

import java.util.List;

/**
 * The decoder.
 *
 * @param vocabSize rows of the embedding; may exceed the tokenizer's size
 * @param mropeSection how many of the {@code headSize / 2} rotary frequencies turn with the
 *     temporal, height and width position
 */
public record TextConfig(
    int vocabSize,
    int hiddenSize,
    int intermediateSize,
    int layers,
    int heads,
    int kvHeads,
    double rmsNormEps,
    double ropeTheta,
    List<Integer> mropeSection,
    int maxPositionEmbeddings) {

  public TextConfig {
    mropeSection = List.copyOf(mropeSection);
    Check.positive("vocab_size", vocabSize);
    Check.positive("hidden_size", hiddenSize);
    Check.positive("intermediate_size", intermediateSize);
    Check.positive("num_hidden_layers", layers);
    Check.positive("num_attention_heads", heads);
    Check.positive("num_key_value_heads", kvHeads);
    Check.positive("rms_norm_eps", rmsNormEps);
    Check.positive("rope_theta", ropeTheta);
    Check.positive("max_position_embeddings", maxPositionEmbeddings);
    Check.divides("num_attention_heads", heads, "hidden_size", hiddenSize);
    Check.divides("num_key_value_heads", kvHeads, "num_attention_heads", heads);
    checkSections(mropeSection, hiddenSize / heads);
  }

  /** Features per attention head. */
  public int headSize() {
    return hiddenSize / heads;
  }

  private static void checkSections(List<Integer> sections, int headSize) {
    boolean good =
        sections.size() == 3
            && sections.stream().allMatch(s -> s >= 0)
            && sections.stream().mapToLong(s -> s).sum() * 2 == headSize;
    Check.that(
        good,
        "mrope_section must be three sizes that add up to half of the head size "
            + headSize
            + ", found "
            + sections);
  }
}
