package ai.medr1.grpo.loss;

/**
 * A policy-gradient loss: what a micro-batch costs, and how that changes with the log-probabilities
 * of its tokens. The network takes the derivative on to the weights. Everything is a plain array,
 * so a loss is arithmetic in loops, without native memory; {@code PolicyLossContract} of
 * medr1-testing compares the derivative with finite differences.
 *
 * <p>Implementations hold no state and change nothing that they are given.
 */
@FunctionalInterface
public interface PolicyLoss {

  /** The loss of one micro-batch, such that the losses of a step's micro-batches add up. */
  LossGradient of(PolicyBatch batch);
}
