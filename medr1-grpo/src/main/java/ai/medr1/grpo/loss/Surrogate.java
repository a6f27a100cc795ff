package ai.medr1.grpo.loss;

/**
 * What a token costs by its ratio and the advantage of its completion: the part of a policy loss
 * that makes good completions more probable.
 *
 * <p>With the ratio of a whole completion, the tokens of a completion cost the same, and the slope
 * of each is that of their sum: its derivative by the mean of their log-ratios.
 */
public interface Surrogate {

  /**
   * The cost of a token.
   *
   * @param logp its log-probability under the policy
   */
  double cost(double ratio, double advantage, double logp);

  /** The derivative of the cost by the token's log-probability. */
  double slope(double ratio, double advantage);

  /**
   * Counts what was clipped.
   *
   * @param ratios [n] one per token, or one alone where it is that of the completion
   * @param tally gets the counts
   */
  void count(double[] ratios, double advantage, Tally tally);
}
