package ai.medr1.core.config;

import java.util.List;

/**
 * The decoder.
 *
 * @param vocabSize rows of the embedding; may exceed the tokenizer's size
 * @param headSize features of an attention head
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
    int headSize,
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
    Check.positive("the head size", headSize);
    Check.divides("num_key_value_heads", kvHeads, "num_attention_heads", heads);
    checkSections(mropeSection, headSize);
  }

  /**
   * The head size where heads share the hidden features among them.
   *
   * @throws IllegalArgumentException if they cannot
   */
  public static int sharedHeadSize(int hiddenSize, int heads) {
    Check.positive("hidden_size", hiddenSize);
    Check.positive("num_attention_heads", heads);
    Check.divides("num_attention_heads", heads, "hidden_size", hiddenSize);
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
