package ai.medr1.eval.stats;

/** The standard normal distribution. */
final class Normal {
  /** The quantile at 0.975, which 95 % intervals reach to on both sides. */
  static final double Z = 1.959963984540054;

  private static final double SMALL = 2;
  private static final int TERMS = 100;

  private Normal() {}

  /** The probability of a number at least as far from zero as this one. */
  static double twoSided(double z) {
    return erfc(Math.abs(z) / Math.sqrt(2));
  }

  /**
   * The complement of the error function at x >= 0: Abramowitz and Stegun, Handbook of Mathematical
   * Functions (1964), the series 7.1.6 for small x, the continued fraction 7.1.14 for large x.
   */
  static double erfc(double x) {
    return x < SMALL ? 1 - series(x) : fraction(x);
  }

  private static double series(double x) {
    double term = x;
    double sum = x;
    for (int n = 1; n <= TERMS; n++) {
      term *= 2 * x * x / (2 * n + 1);
      sum += term;
    }
    return 2 / Math.sqrt(Math.PI) * Math.exp(-x * x) * sum;
  }

  private static double fraction(double x) {
    double tail = x;
    for (int n = TERMS; n >= 1; n--) {
      tail = x + n / 2.0 / tail;
    }
    return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail;
  }
}
