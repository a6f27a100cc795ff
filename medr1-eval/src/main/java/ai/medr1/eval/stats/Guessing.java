package ai.medr1.eval.stats;

import java.util.List;

/**
 * Somebody who chooses among the options of every item at random: the number of right answers has a
 * Poisson binomial distribution, computed here without approximation by adding one item after the
 * other.
 */
public record Guessing(List<Double> chances) {
  private static final double TAIL = 0.025;

  /**
   * @param chances of a right answer, by item, each in [0, 1]
   */
  public Guessing {
    chances = List.copyOf(chances);
    if (chances.isEmpty()) {
      throw new IllegalArgumentException("there is at least one item to guess");
    }
  }

  /** The accuracy to be expected. */
  public double accuracy() {
    return chances.stream().mapToDouble(c -> c).sum() / chances.size();
  }

  /** Where 95 % of the accuracies lie. */
  public Interval interval() {
    double[] probabilities = distribution();
    return new Interval(
        (double) quantile(probabilities, TAIL) / chances.size(),
        (double) quantile(probabilities, 1 - TAIL) / chances.size());
  }

  /** [n + 1] the probability of every number of right answers. */
  private double[] distribution() {
    double[] probabilities = new double[chances.size() + 1];
    probabilities[0] = 1;
    int items = 0;
    for (double chance : chances) {
      items++;
      for (int right = items; right > 0; right--) {
        probabilities[right] =
            probabilities[right] * (1 - chance) + probabilities[right - 1] * chance;
      }
      probabilities[0] *= 1 - chance;
    }
    return probabilities;
  }

  private static int quantile(double[] probabilities, double level) {
    double sum = 0;
    for (int right = 0; right < probabilities.length; right++) {
      sum += probabilities[right];
      if (sum >= level) {
        return right;
      }
    }
    return probabilities.length - 1;
  }
}
