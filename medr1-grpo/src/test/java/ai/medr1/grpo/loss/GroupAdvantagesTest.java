package ai.medr1.grpo.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class GroupAdvantagesTest {

  @Test
  void scalesByTheUnbiasedDeviation() {
    float expected = (float) (1 / (Math.sqrt(2) + 1e-4));
    assertThat(of(2, 0)).containsExactly(expected, -expected);
    assertThat(GroupAdvantages.areEqual(new double[] {2, 0})).isFalse();
  }

  @Test
  void equalRewardsTeachNothing() {
    assertThat(of(0.1, 0.1, 0.1)).containsExactly(new float[3], within(1e-12f));
    assertThat(GroupAdvantages.areEqual(new double[] {0.1, 0.1, 0.1})).isTrue();
  }

  @Test
  void aGroupOfOneIsRefused() {
    assertThatThrownBy(() -> of(2))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found 1");
  }

  /** Computed by TRL's formulas, those of verl, and by hand, in double precision. */
  @ParameterizedTest
  @CsvSource({
    "GROUP, 1.0909466 -0.2181893 -0.8727573 0 0.9998000 -0.9998000",
    "BATCH, 1.3759775 -0.2751955 -1.1007820 0 0.8255865 -0.8255865",
    "NONE, 0.8333333 -0.1666667 -0.6666667 0 0.5 -0.5",
    "RLOO, 1.25 -0.25 -1 0 0.75 -0.75",
    "REINFORCE_PLUS_PLUS_BASELINE, 1.3326400 -0.3634473 -1.2114910 -0.0807661 0.7672776 -0.9288097",
    "GDPO, 1.4432313 -0.2886463 -1.1545851 0 0.8659388 -0.8659388",
    "MAXRL, 1.25 -0.25 -1 0 0.5 -0.5"
  })
  void equalsTheFormula(GroupAdvantages kind, String expected) {
    double[][][] scores = {{{1, 1}, {0, 1}, {0, 0}}, {{1, 0}, {1, 1}, {0, 1}}};
    int[][] lengths = {{4, 2, 6}, {3, 5, 1}};
    float[][] found = kind.of(step(scores, lengths));
    double[] numbers = Stream.of(expected.split(" ")).mapToDouble(Double::parseDouble).toArray();
    for (int i = 0; i < numbers.length; i++) {
      assertThat((double) found[i / 3][i % 3]).as("%d", i).isCloseTo(numbers[i], within(1e-6));
    }
  }

  /** No reward applies to the last completion: the others are compared without it. */
  @ParameterizedTest
  @EnumSource(GroupAdvantages.class)
  void aCompletionWithoutARewardIsComparedWithNothing(GroupAdvantages kind) {
    double[] none = {Double.NaN, Double.NaN};
    float[] with =
        kind.of(step(new double[][][] {{{1, 1}, {0, 1}, none}}, new int[][] {{4, 2, 0}}))[0];
    float[] without = kind.of(step(new double[][][] {{{1, 1}, {0, 1}}}, new int[][] {{4, 2}}))[0];
    assertThat(with[2]).isZero();
    assertThat(Arrays.copyOf(with, 2)).containsExactly(without, within(1e-6f));
  }

  private static StepRewards step(double[][][] scores, int[][] lengths) {
    double[] weights = {1, 0.5};
    List<StepRewards.Group> groups = new ArrayList<>();
    for (int b = 0; b < scores.length; b++) {
      double[] totals =
          Stream.of(scores[b])
              .mapToDouble(s -> Double.isNaN(s[0]) ? 0 : s[0] + 0.5 * s[1])
              .toArray();
      groups.add(
          new StepRewards.Group(
              OneGroup.item(), scores[b], totals, lengths[b], new boolean[totals.length]));
    }
    return new StepRewards(List.of("accuracy", "format"), weights, groups);
  }

  private static float[] of(double... rewards) {
    return OneGroup.advantages(rewards);
  }
}
