package ai.medr1.grpo.config;

import ai.medr1.core.model.Sampling;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Set;

/**
 * How completions are drawn. Top-k, top-p and the penalty shape what is drawn, not the
 * log-probabilities that the loss sees.
 *
 * @param maxCompletionLength tokens of a completion at most
 * @param temperature divides the logits when drawing and in the loss
 * @param topK keep the k most likely tokens, at least 2; 0 keeps all
 * @param topP keep the smallest set of tokens with at least this probability, 1 keeps all
 * @param repetitionPenalty 1 for none
 * @param banVisionTokens never draw image and video tokens
 */
@RecordBuilder
public record SamplingConfig(
    int maxCompletionLength,
    double temperature,
    int topK,
    double topP,
    double repetitionPenalty,
    boolean banVisionTokens)
    implements SamplingConfigBuilder.With {

  public SamplingConfig {
    Check.positive("maxCompletionLength", maxCompletionLength);
    Check.temperature(temperature);
    Check.that(
        topK != 1,
        "topK is 1, at which all completions of a group would be the same and every advantage 0; set topK to 2 or more, or to 0 for all tokens");
    Check.notNegative("topK", topK);
    Check.that(topP > 0 && topP <= 1, "topP is in (0, 1], found " + topP);
    Check.positive("repetitionPenalty", repetitionPenalty);
  }

  /** Med-R1's: plain sampling at temperature 1. */
  public static SamplingConfig defaults() {
    return new SamplingConfig(256, 1, 0, 1, 1, true);
  }

  /** The same for a model that ends its answers with these tokens. */
  public Sampling toSampling(Set<Integer> stopTokens) {
    return new Sampling(
        false,
        temperature,
        topK,
        topP,
        repetitionPenalty,
        maxCompletionLength,
        stopTokens,
        banVisionTokens);
  }
}
