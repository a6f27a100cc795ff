package ai.medr1.grpo.loss;

import java.util.Arrays;

/** What the probability under the policy is compared with that under the old policy by. */
public enum Ratio {
  /** ρ of every token: exp(logp − old). PPO (arXiv 1707.06347), equation 6. */
  TOKEN,

  /**
   * One for a completion: exp(mean of logp − old over its tokens). GSPO (arXiv 2507.18071),
   * equation 7. Since a completion has one advantage, GSPO-token (equation 14) has the same value
   * and gradient.
   */
  SEQUENCE;

  /** [tokens] the ratio at every token. */
  double[] of(float[] logps, float[] old) {
    double[] ratios = new double[logps.length];
    double sum = 0;
    for (int t = 0; t < ratios.length; t++) {
      double difference = (double) logps[t] - old[t];
      ratios[t] = Math.exp(difference);
      sum += difference;
    }
    if (this == SEQUENCE) {
      Arrays.fill(ratios, Math.exp(sum / Math.max(1, ratios.length)));
    }
    return ratios;
  }
}
