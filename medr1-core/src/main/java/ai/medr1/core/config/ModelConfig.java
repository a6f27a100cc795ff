package ai.medr1.core.config;

import java.util.HashSet;
import java.util.List;

/**
 * A Qwen2-VL or Qwen2.5-VL architecture.
 *
 * <p>Like its parts it refuses, with an {@link IllegalArgumentException} that names the key of
 * config.json, what the network could not be built from.
 *
 * @param tieWordEmbeddings the embedding is the output projection, too: there is no {@code lm_head}
 */
public record ModelConfig(
    Family family,
    TextConfig text,
    VisionConfig vision,
    VisionTokens tokens,
    boolean tieWordEmbeddings) {

  public ModelConfig {
    Check.that(
        vision.outWidth() == text.hiddenSize(),
        "the vision tower gives "
            + vision.outWidth()
            + " features a token and the decoder's hidden_size is "
            + text.hiddenSize()
            + ": they must be equal");
    int largest = tokens.ids().stream().max(Integer::compare).orElseThrow();
    Check.that(
        largest < text.vocabSize(),
        "vision token id " + largest + " is outside the vocabulary of " + text.vocabSize());
  }

  /** Ids of the tokens that stand for images and videos in a prompt. */
  public record VisionTokens(int visionStart, int visionEnd, int imagePad, int videoPad) {
    public VisionTokens {
      List<Integer> ids = List.of(visionStart, visionEnd, imagePad, videoPad);
      Check.that(ids.stream().allMatch(id -> id >= 0), "vision token ids are negative: " + ids);
      Check.that(new HashSet<>(ids).size() == ids.size(), "vision token ids must differ: " + ids);
    }

    private List<Integer> ids() {
      return List.of(visionStart, visionEnd, imagePad, videoPad);
    }
  }
}
