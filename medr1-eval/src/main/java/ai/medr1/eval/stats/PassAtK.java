package ai.medr1.eval.stats;

/**
 * The probability that at least one of k samples is right: the unbiased estimate of M. Chen et al.,
 * Evaluating Large Language Models Trained on Code (2021), arXiv 2107.03374, equation 1.
 */
public final class PassAtK {
  private PassAtK() {}

  /**
   * The estimate for one item: 1 - C(n - right, k) / C(n, k).
   *
   * @param n samples that were drawn
   * @param right those that are right
   * @param k from 1 to n
   */
  public static double of(int n, int right, int k) {
    if (right < 0 || right > n || k < 1 || k > n) {
      throw new IllegalArgumentException(
          "pass@k needs 0 <= right <= n and 1 <= k <= n, found n %d, right %d, k %d"
              .formatted(n, right, k));
    }
    double none = 1;
    for (int i = n - right + 1; i <= n; i++) {
      none *= Math.max(0, 1 - (double) k / i);
    }
    return 1 - none;
  }
}
