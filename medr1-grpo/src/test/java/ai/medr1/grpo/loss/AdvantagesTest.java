package ai.medr1.grpo.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AdvantagesTest {

  @Test
  void scalesByTheUnbiasedDeviation() {
    float expected = (float) (1 / (Math.sqrt(2) + 1e-4));
    assertThat(Advantages.of(new double[] {2, 0})).containsExactly(expected, -expected);
    assertThat(Advantages.areEqual(new double[] {2, 0})).isFalse();
  }

  @Test
  void equalRewardsTeachNothing() {
    double[] rewards = {0.1, 0.1, 0.1};
    assertThat(Advantages.of(rewards)).containsExactly(new float[3], within(1e-12f));
    assertThat(Advantages.areEqual(rewards)).isTrue();
  }

  @Test
  void aGroupOfOneIsRefused() {
    assertThatThrownBy(() -> Advantages.of(new double[] {2}))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("found 1");
  }
}
