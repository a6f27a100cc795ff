package ai.medr1.grpo.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class EqualRewardsTest {
  private final EqualRewards listener = new EqualRewards();

  private void step(double share) {
    listener.onStep(
        new StepReport(1, 2, Map.of("frac_reward_zero_std", share, "reward", 0.0), List.of()));
  }

  @Test
  void groupsThatWereEqualInAllStepsTaughtNothing() {
    assertThat(listener.learnedNothing()).isFalse();
    step(1);
    step(1);
    assertThat(listener.learnedNothing()).isTrue();
  }

  @Test
  void oneGroupWithADifferenceIsEnough() {
    step(1);
    step(0.75);
    step(1);
    assertThat(listener.learnedNothing()).isFalse();
  }
}
