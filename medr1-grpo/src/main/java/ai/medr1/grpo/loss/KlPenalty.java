package ai.medr1.grpo.loss;

/**
 * The part of a policy loss that keeps the policy near the reference: β·KL, times ρ where it is
 * corrected.
 *
 * <p>Source: DeepSeekMath (arXiv 2402.03300), equation 4; the correction by the token's ratio from
 * DeepSeek-V3.2 (arXiv 2512.02556), equation 7: the gradient is unbiased then, at ρ = 1 as well.
 *
 * @param beta β; 0 needs no reference
 * @param divergence the estimate
 * @param corrected whether it is multiplied with the ratio
 */
public record KlPenalty(double beta, Divergence divergence, boolean corrected) {
  /** No penalty. */
  public static final KlPenalty NONE = new KlPenalty(0, Divergence.K3, false);

  /** GRPO's: k3 as it is. */
  public static KlPenalty k3(double beta) {
    return new KlPenalty(beta, Divergence.K3, false);
  }

  /** The divergence at a token. */
  double value(double r, double ratio) {
    return corrected ? ratio * divergence.value(r) : divergence.value(r);
  }

  /** Its derivative by the log-probability. */
  double slope(double r, double ratio) {
    return corrected ? ratio * (divergence.slope(r) + divergence.value(r)) : divergence.slope(r);
  }
}
