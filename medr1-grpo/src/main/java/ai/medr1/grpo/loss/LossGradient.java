package ai.medr1.grpo.loss;

import java.util.Map;

/**
 * What a policy loss says of one micro-batch.
 *
 * @param value the loss, a share of that of the step: the shares of its micro-batches add up
 * @param dLogps [B][G][tokens] derivative of {@code value} by the log-probabilities under the
 *     policy
 * @param tokenSums by name, what is to be logged as a mean over the completion tokens of a step:
 *     the sum over those of the micro-batch
 */
public record LossGradient(double value, float[][][] dLogps, Map<String, Double> tokenSums) {
  public LossGradient {
    tokenSums = Map.copyOf(tokenSums);
  }
}
