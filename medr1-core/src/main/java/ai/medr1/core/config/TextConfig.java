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

  /** Features per attention head. */
  public int headSize() {
    return hiddenSize / heads;
  }
}
