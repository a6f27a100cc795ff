package ai.medr1.grpo.loss;

/**
 * What all micro-batches of one optimizer step hold together. A loss divides by these, never by the
 * size of its own micro-batch, so that every way of splitting a step gives the same gradient.
 *
 * @param sequences completions
 * @param tokens completion tokens
 */
public record StepSize(int sequences, long tokens) {}
