package ai.medr1.eval;

import ai.medr1.eval.stats.Wilson;

/**
 * How many of some items were answered rightly.
 *
 * @param n items, at least one
 * @param right those with the right answer
 */
public record Score(int n, int right) {
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
    return Wilson.of(n, right).low();
  }

  /** The upper end of the 95 % interval after Wilson (1927), in [0, 1]. */
  public double high() {
    return Wilson.of(n, right).high();
  }
}
