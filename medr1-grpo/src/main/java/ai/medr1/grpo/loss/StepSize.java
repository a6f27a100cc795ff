package ai.medr1.grpo.loss;

/**
 * What all micro-batches of one optimizer step hold together. A loss divides by these, never by the
 * size of its own micro-batch, so that every way of splitting a step gives the same gradient.
 *
 * @param sequences completions, those that are left out of the loss as well
 * @param tokens completion tokens that count
 * @param drawnTokens the same of all that was drawn together, over the optimizer steps that it was
 *     cut into; equal to {@code tokens} where it is one
 * @param klWeight factor of the weight of the divergence at this step of the run
 */
public record StepSize(int sequences, long tokens, double drawnTokens, double klWeight) {

  /** Of a step that holds all that was drawn, with a divergence of full weight. */
  public StepSize(int sequences, long tokens) {
    this(sequences, tokens, (double) tokens, 1);
  }
}
