package ai.medr1.grpo.loss;

/** How the costs of tokens become one loss: the weight of every token of a completion. */
@FunctionalInterface
public interface Aggregation {

  /**
   * The weight of a token.
   *
   * @param length tokens of its completion, at least 1
   * @param step what the optimizer step holds
   */
  double weight(int length, StepSize step);

  /**
   * The mean over a completion's tokens, then over the completions. GRPO: DeepSeekMath (arXiv
   * 2402.03300), equation 3.
   */
  Aggregation SEQUENCE_MEAN = (length, step) -> 1.0 / ((long) length * step.sequences());

  /**
   * The mean over the tokens of the optimizer step: BNPO, {@code bnpo} of TRL. Deviation: the step
   * takes the place of the micro-batch, which is a matter of memory here.
   */
  Aggregation TOKEN_MEAN = (length, step) -> 1.0 / step.tokens();

  /**
   * The sum over the tokens by those of all that was drawn together: DAPO (arXiv 2503.14476),
   * equation 8.
   */
  Aggregation DRAWN_TOKEN_MEAN = (length, step) -> 1.0 / step.drawnTokens();

  /**
   * The sum over the tokens by what the completions could have been long: Dr. GRPO (arXiv
   * 2503.20783), appendix on its code. Long completions are not favoured.
   *
   * @param longest the most tokens that a completion can have
   */
  static Aggregation constant(int longest) {
    return (length, step) -> 1.0 / ((double) step.sequences() * longest);
  }
}
