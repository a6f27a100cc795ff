package ai.medr1.eval.stats;

import ai.medr1.data.SeededRandom;
import java.util.Arrays;

/**
 * Scores of two runs on the same items.
 *
 * @param first the mean of the first run
 * @param second the mean of the second run
 * @param difference the second less the first, with its interval over items
 * @param pValue that scores are as likely to differ in one direction as in the other: the test that
 *     flips signs (R. A. Fisher, The Design of Experiments, 1935), over all ways to flip them where
 *     at most 12 items differ, otherwise over 10,000 that are drawn
 */
public record PairedMeans(double first, double second, Mean difference, double pValue) {
  private static final int FEW = 12;
  private static final int DRAWN = 10_000;
  private static final long SEED = 1935;

  /** What rounding may make of two equal sums. */
  private static final double ROUNDING = 1e-9;

  /**
   * Of the scores of the same items in the same order.
   *
   * @param first at least one
   * @param second as many
   */
  public static PairedMeans of(double[] first, double[] second) {
    if (first.length == 0 || first.length != second.length) {
      throw new IllegalArgumentException(
          "both runs have scores of the same items, found %d and %d"
              .formatted(first.length, second.length));
    }
    double[] differences = new double[first.length];
    Arrays.setAll(differences, i -> second[i] - first[i]);
    Arrays.sort(differences);
    return new PairedMeans(mean(first), mean(second), Mean.of(differences), pValue(differences));
  }

  /** Items. */
  public int n() {
    return difference.n();
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).sorted().sum() / values.length;
  }

  private static double pValue(double[] differences) {
    double[] some = Arrays.stream(differences).filter(d -> d != 0).toArray();
    double observed = Math.abs(Arrays.stream(some).sum()) - ROUNDING;
    return some.length <= FEW ? exact(some, observed) : drawn(some, observed);
  }

  private static double exact(double[] differences, double observed) {
    int ways = 1 << differences.length;
    int extreme = 0;
    for (int signs = 0; signs < ways; signs++) {
      double sum = 0;
      for (int i = 0; i < differences.length; i++) {
        sum += (signs >> i & 1) == 0 ? differences[i] : -differences[i];
      }
      extreme += Math.abs(sum) >= observed ? 1 : 0;
    }
    return (double) extreme / ways;
  }

  /** The way that was observed is one of those drawn, so that p is never 0. */
  private static double drawn(double[] differences, double observed) {
    SeededRandom random = new SeededRandom(SEED);
    int extreme = 1;
    for (int way = 0; way < DRAWN; way++) {
      double sum = 0;
      long signs = 0;
      for (int i = 0; i < differences.length; i++) {
        signs = i % Long.SIZE == 0 ? random.nextLong() : signs >>> 1;
        sum += (signs & 1) == 0 ? differences[i] : -differences[i];
      }
      extreme += Math.abs(sum) >= observed ? 1 : 0;
    }
    return (double) extreme / (DRAWN + 1);
  }
}
