package ai.medr1.grpo.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

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

  private static float[] of(double... rewards) {
    return OneGroup.advantages(rewards);
  }
}
