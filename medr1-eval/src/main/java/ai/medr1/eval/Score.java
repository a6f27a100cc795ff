package ai.medr1.eval;

/**
 * How many of some items were answered rightly.
 *
 * @param n items, at least one
 * @param right those with the right answer
 */
public record Score(int n, int right) {
  /** The 0.975 quantile of the standard normal distribution. */
  private static final double Z = 1.959963984540054;

  public Score {
    if (n < 1 || right < 0 || right > n) {
      throw new IllegalArgumentException(
          "a score counts from 0 to n right answers of n >= 1, found " + right + " of " + n);
    }
  }

  /** The share of right answers, in [0, 1]. */
  public double accuracy() {
    return (double) right / n;
  }

  /** The lower end of the 95 % interval after Wilson (1927), in [0, 1]. */
  public double low() {
    return right == 0 ? 0 : centre() - halfWidth();
  }

  /** The upper end of the 95 % interval after Wilson (1927), in [0, 1]. */
  public double high() {
    return right == n ? 1 : centre() + halfWidth();
  }

  private double centre() {
    return (right + Z * Z / 2) / (n + Z * Z);
  }

  private double halfWidth() {
    return Z / (n + Z * Z) * Math.sqrt(n * accuracy() * (1 - accuracy()) + Z * Z / 4);
  }
}
