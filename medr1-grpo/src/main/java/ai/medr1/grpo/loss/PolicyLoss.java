package ai.medr1.grpo.loss;

import ai.djl.ndarray.NDArray;
import java.util.Map;

/**
 * A policy-gradient loss, written in plain NDArray operations; {@link LossGradient} differentiates
 * it. Implementations hold no state, may be called more than once for a batch, and close nothing:
 * every array that they make is freed after the gradient has been taken.
 */
@FunctionalInterface
public interface PolicyLoss {

  /** The loss of one micro-batch, such that the losses of a step's micro-batches add up. */
  Terms of(PolicyBatch batch);

  /**
   * @param loss scalar that depends on the log-probabilities of the batch
   * @param perToken by name, values [B, G, L] whose mean over the completion tokens of a step is
   *     logged
   */
  record Terms(NDArray loss, Map<String, NDArray> perToken) {
    public Terms {
      perToken = Map.copyOf(perToken);
    }
  }
}
