package ai.medr1.eval.stats;

import java.util.ArrayList;
import java.util.List;

/**
 * Whether answers that a model gives with probability p are right in a share p of cases.
 *
 * @param answers at least one
 */
public record Calibration(List<Answered> answers) {
  private static final int BINS = 10;

  /**
   * An answer.
   *
   * @param probability that the model gave it, in [0, 1]
   * @param right whether it is
   */
  public record Answered(double probability, boolean right) {
    public Answered {
      if (!(probability >= 0 && probability <= 1)) {
        throw new IllegalArgumentException("a probability is in [0, 1], found " + probability);
      }
    }
  }

  /**
   * The answers whose probability is in (low, high]; zero is in the first bin.
   *
   * @param probability mean over them, 0 where there are none
   * @param accuracy of them, 0 where there are none
   */
  public record Bin(double low, double high, int n, double probability, double accuracy) {}

  public Calibration {
    answers = List.copyOf(answers);
    if (answers.isEmpty()) {
      throw new IllegalArgumentException("calibration needs at least one answer");
    }
  }

  /**
   * Ten bins of equal width: the reliability table of C. Guo et al., On Calibration of Modern
   * Neural Networks, ICML 2017.
   */
  public List<Bin> bins() {
    List<Bin> bins = new ArrayList<>();
    for (int i = 0; i < BINS; i++) {
      int index = i;
      List<Answered> members = answers.stream().filter(a -> index(a) == index).toList();
      bins.add(
          new Bin(
              i / (double) BINS,
              (i + 1) / (double) BINS,
              members.size(),
              probability(members),
              accuracy(members)));
    }
    return bins;
  }

  private static int index(Answered answer) {
    return Math.max(0, (int) Math.ceil(answer.probability() * BINS) - 1);
  }

  /**
   * The expected calibration error, equation 3 of Guo et al.: the mean distance of probability and
   * accuracy in a bin, weighted by its answers.
   */
  public double expectedError() {
    return bins().stream()
            .mapToDouble(bin -> bin.n() * Math.abs(bin.accuracy() - bin.probability()))
            .sum()
        / answers.size();
  }

  /**
   * The score of G. W. Brier, Verification of forecasts expressed in terms of probability, Monthly
   * Weather Review 78 (1950), of the event that the answer is right: the mean squared distance of
   * probability and outcome, in [0, 1], small is good.
   */
  public double brier() {
    return answers.stream()
        .mapToDouble(a -> Math.pow(a.probability() - (a.right() ? 1 : 0), 2))
        .average()
        .orElseThrow();
  }

  /** The mean probability of the answers. */
  public double probability() {
    return probability(answers);
  }

  /** The share of right answers. */
  public double accuracy() {
    return accuracy(answers);
  }

  private static double probability(List<Answered> some) {
    return some.stream().mapToDouble(Answered::probability).average().orElse(0);
  }

  private static double accuracy(List<Answered> some) {
    return some.stream().mapToDouble(a -> a.right() ? 1 : 0).average().orElse(0);
  }
}
