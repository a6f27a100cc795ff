package ai.medr1.grpo.loss;

/**
 * What a policy loss says of one micro-batch.
 *
 * @param value the loss, a share of that of the step: the shares of its micro-batches add up
 * @param dLogps [B][G][tokens] derivative of {@code value} by the log-probabilities under the
 *     policy
 * @param tally what is to be logged
 */
public record LossGradient(double value, float[][][] dLogps, Tally tally) {}
