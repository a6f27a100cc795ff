package ai.medr1.grpo.loss;

/**
 * Estimates of the divergence of the policy from the reference at a token, with r = ref − logp.
 *
 * <p>Source: Schulman, "Approximating KL divergence" (2020).
 */
public enum Divergence {
  /**
   * −r: unbiased, may be negative. In a loss its gradient does not pull towards the reference; it
   * is meant for the reward.
   */
  K1 {
    @Override
    double value(double r) {
      return -r;
    }

    @Override
    double slope(double r) {
      return 1;
    }
  },

  /** r² / 2: biased, its gradient is that of the divergence. */
  K2 {
    @Override
    double value(double r) {
      return r * r / 2;
    }

    @Override
    double slope(double r) {
      return -r;
    }
  },

  /** exp(r) − r − 1: unbiased and never negative; GRPO's (DeepSeekMath, equation 4). */
  K3 {
    @Override
    double value(double r) {
      return Math.exp(r) - r - 1;
    }

    @Override
    double slope(double r) {
      return 1 - Math.exp(r);
    }
  };

  /** The estimate. */
  abstract double value(double r);

  /** Its derivative by logp. */
  abstract double slope(double r);

  /**
   * Added up over a completion, as a reward takes it.
   *
   * @param logps [tokens] under the policy
   * @param ref [tokens] under the reference
   */
  public double sum(float[] logps, float[] ref) {
    double sum = 0;
    for (int t = 0; t < logps.length; t++) {
      sum += value((double) ref[t] - logps[t]);
    }
    return sum;
  }
}
