package ai.medr1.grpo.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class AdvantagesTest {

  @Test
  void scalesByTheUnbiasedDeviation() {
    Advantages found = Advantages.of(new double[][] {{2, 0}});
    float expected = (float) (1 / (Math.sqrt(2) + 1e-4));
    assertThat(found.values()[0]).containsExactly(expected, -expected);
    assertThat(found.zeroStdShare()).isZero();
  }

  @Test
  void equalRewardsTeachNothing() {
    Advantages found = Advantages.of(new double[][] {{0.1, 0.1, 0.1}, {1, 0, 0}});
    assertThat(found.values()[0]).containsExactly(new float[3], within(1e-12f));
    assertThat(found.zeroStdShare()).isEqualTo(0.5);
  }

  @Test
  void aGroupOfOneHasNoAdvantage() {
    Advantages found = Advantages.of(new double[][] {{2}});
    assertThat(found.values()[0]).containsExactly(0f);
    assertThat(found.zeroStdShare()).isEqualTo(1);
  }
}
