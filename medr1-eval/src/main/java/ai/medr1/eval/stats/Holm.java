package ai.medr1.eval.stats;

import java.util.Comparator;
import java.util.stream.IntStream;

/**
 * Correction of p-values for the number of tests: S. Holm, A simple sequentially rejective multiple
 * test procedure, Scandinavian Journal of Statistics 6 (1979).
 */
public final class Holm {
  private Holm() {}

  /** The adjusted p-values, in the order given. */
  public static double[] adjust(double... p) {
    int[] ascending =
        IntStream.range(0, p.length)
            .boxed()
            .sorted(Comparator.comparingDouble(i -> p[i]))
            .mapToInt(i -> i)
            .toArray();
    double[] adjusted = new double[p.length];
    double highest = 0;
    for (int rank = 0; rank < p.length; rank++) {
      int i = ascending[rank];
      highest = Math.max(highest, Math.min(1, (p.length - rank) * p[i]));
      adjusted[i] = highest;
    }
    return adjusted;
  }
}
