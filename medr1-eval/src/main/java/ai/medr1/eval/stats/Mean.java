package ai.medr1.eval.stats;

import ai.medr1.data.SeededRandom;
import java.util.Arrays;

/**
 * The mean of values and its interval: percentiles of the means of 2,000 samples that are drawn
 * from the values with replacement (B. Efron, Bootstrap methods: another look at the jackknife,
 * Annals of Statistics 7, 1979). The same values give the same interval, whatever their order.
 *
 * @param n at least one
 */
public record Mean(int n, double mean, Interval interval) {
  private static final int SAMPLES = 2000;
  private static final double TAIL = 0.025;
  private static final long SEED = 1979;

  /** Of at least one finite value. */
  public static Mean of(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("a mean is of at least one value");
    }
    // Sorted, since sums of floating-point numbers and what is drawn depend on the order.
    double[] sorted = values.clone();
    Arrays.sort(sorted);
    return new Mean(sorted.length, Arrays.stream(sorted).sum() / sorted.length, interval(sorted));
  }

  private static Interval interval(double[] sorted) {
    if (sorted[0] == sorted[sorted.length - 1]) {
      return new Interval(sorted[0], sorted[0]);
    }
    SeededRandom random = new SeededRandom(SEED);
    double[] means = new double[SAMPLES];
    for (int sample = 0; sample < SAMPLES; sample++) {
      double sum = 0;
      for (int i = 0; i < sorted.length; i++) {
        sum += sorted[(int) (random.nextDouble() * sorted.length)];
      }
      means[sample] = sum / sorted.length;
    }
    Arrays.sort(means);
    return new Interval(quantile(means, TAIL), quantile(means, 1 - TAIL));
  }

  private static double quantile(double[] sorted, double level) {
    double place = level * (sorted.length - 1);
    int below = (int) place;
    return sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
  }
}
