package ai.medr1.eval.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.data.SeededRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Compares with what is known in closed form. */
class MeanTest {
  private static double[] random(long seed, int n) {
    SeededRandom random = new SeededRandom(seed);
    double[] values = new double[n];
    Arrays.setAll(values, i -> random.nextDouble());
    return values;
  }

  @Test
  void intervalIsThatOfTheCentralLimitForManyValues() {
    double[] values = random(3, 2000);
    Mean mean = Mean.of(values);
    double half = Normal.Z * Math.sqrt(1.0 / 12 / 2000);
    assertThat(mean.mean()).isCloseTo(Arrays.stream(values).average().orElseThrow(), within(1e-12));
    assertThat(mean.interval().low()).isCloseTo(mean.mean() - half, within(0.1 * half));
    assertThat(mean.interval().high()).isCloseTo(mean.mean() + half, within(0.1 * half));
  }

  @Test
  void orderDoesNotMatter() {
    assertThat(Mean.of(0.1, 0.7, 0.2, 1)).isEqualTo(Mean.of(1, 0.2, 0.1, 0.7));
  }

  @Test
  void equalValuesLeaveNoDoubt() {
    assertThat(Mean.of(1, 1, 1)).isEqualTo(new Mean(3, 1, new Interval(1, 1)));
    assertThat(Mean.of(0.3).interval()).isEqualTo(new Interval(0.3, 0.3));
  }

  /** Of zeros and ones, flipping signs is McNemar's exact test. */
  @Test
  void flippingSignsOfZerosAndOnesIsMcNemarsTest() {
    int[][] counts = {{3, 1, 7, 2}, {0, 5, 5, 0}, {4, 0, 6, 1}, {2, 0, 0, 2}, {1, 3, 9, 0}};
    for (int[] c : counts) {
      double[][] both = scores(c);
      assertThat(PairedMeans.of(both[0], both[1]).pValue())
          .as(Arrays.toString(c))
          .isCloseTo(new Paired(c[0], c[1], c[2], c[3]).pValue(), within(1e-12));
    }
    double[][] many = scores(new int[] {10, 14, 30, 5}); // exact: 0.0226 from the binomial
    assertThat(PairedMeans.of(many[0], many[1]).pValue()).isCloseTo(0.0226, within(0.005));
  }

  private static double[][] scores(int[] counts) {
    double[][] values = {{1, 1}, {1, 0}, {0, 1}, {0, 0}};
    int n = Arrays.stream(counts).sum();
    double[][] both = new double[2][n];
    int at = 0;
    for (int kind = 0; kind < 4; kind++) {
      for (int i = 0; i < counts[kind]; i++) {
        both[0][at] = values[kind][0];
        both[1][at++] = values[kind][1];
      }
    }
    return both;
  }

  @Test
  void aClearDifferenceIsSeenAndNoneIsNot() {
    double[] first = random(5, 60);
    double[] better = Arrays.stream(first).map(v -> v + 0.2).toArray();
    PairedMeans clear = PairedMeans.of(first, better);
    assertThat(clear.difference().mean()).isCloseTo(0.2, within(1e-12));
    assertThat(clear.pValue()).isLessThan(2e-4).isPositive();
    assertThat(PairedMeans.of(first, first).pValue()).isEqualTo(1);
    assertThat(PairedMeans.of(random(6, 60), random(7, 60)).pValue()).isGreaterThan(0.01);
  }
}
