package ai.medr1.eval.stats;

/**
 * Two runs on the same items.
 *
 * @param both items that both runs answer rightly
 * @param first that the first run alone does
 * @param second that the second run alone does
 * @param neither that no run does
 */
public record Paired(int both, int first, int second, int neither) {
  /** With so many discordant items the normal approximation serves. */
  private static final int MANY = 25;

  public Paired {
    if (both < 0 || first < 0 || second < 0 || neither < 0) {
      throw new IllegalArgumentException(
          "counts are not negative, found %d, %d, %d, %d".formatted(both, first, second, neither));
    }
    if (both + first + second + neither == 0) {
      throw new IllegalArgumentException("a comparison has at least one item");
    }
  }

  /** All items. */
  public int n() {
    return both + first + second + neither;
  }

  /** Items that the first run answers rightly. */
  public int firstRight() {
    return both + first;
  }

  /** Items that the second run answers rightly. */
  public int secondRight() {
    return both + second;
  }

  /** Whether the p-value is the exact one. */
  public boolean exact() {
    return first + second < MANY;
  }

  /**
   * The p-value of McNemar's test (Psychometrika 12, 1947) that both runs are right equally often:
   * from the binomial distribution where fewer than 25 items are discordant, otherwise from the
   * chi-square distribution with Edwards' correction for continuity (Psychometrika 13, 1948).
   */
  public double pValue() {
    return exact() ? binomial() : chiSquare();
  }

  private double binomial() {
    int discordant = first + second;
    double term = Math.pow(0.5, discordant);
    double tail = 0;
    for (int i = 0; i <= Math.min(first, second); i++) {
      tail += term;
      term *= (double) (discordant - i) / (i + 1);
    }
    return Math.min(1, 2 * tail);
  }

  private double chiSquare() {
    // The correction brings a difference towards zero, not past it.
    double distance = Math.max(0, Math.abs(first - second) - 1);
    return Normal.twoSided(distance / Math.sqrt(first + second));
  }

  /** The accuracy of the second run less that of the first, in [-1, 1]. */
  public double difference() {
    return (double) (second - first) / n();
  }

  /**
   * The interval of the difference: method 10 of R. G. Newcombe, Improved confidence intervals for
   * the difference between binomial proportions based on paired data, Statistics in Medicine 17
   * (1998).
   */
  public Interval differenceInterval() {
    double p = (double) secondRight() / n();
    double q = (double) firstRight() / n();
    Interval ofP = Wilson.of(n(), secondRight());
    Interval ofQ = Wilson.of(n(), firstRight());
    return new Interval(
        difference() - length(p - ofP.low(), ofQ.high() - q),
        difference() + length(ofP.high() - p, q - ofQ.low()));
  }

  private double length(double a, double b) {
    return Math.sqrt(Math.max(0, a * a - 2 * correlation() * a * b + b * b));
  }

  /** The correlation of both runs, corrected for continuity. */
  private double correlation() {
    double margins =
        (double) firstRight() * (n() - firstRight()) * secondRight() * (n() - secondRight());
    double product = (double) both * neither - (double) first * second;
    double corrected = product > 0 ? Math.max(0, product - n() / 2.0) : product;
    return margins == 0 ? 0 : corrected / Math.sqrt(margins);
  }
}
