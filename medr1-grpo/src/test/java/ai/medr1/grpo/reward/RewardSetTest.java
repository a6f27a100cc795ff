package ai.medr1.grpo.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.data.VqaItem;
import java.util.List;
import org.junit.jupiter.api.Test;

class RewardSetTest {
  private static final VqaItem ITEM = Items.withSolution("<answer> A </answer>");
  private static final int[] IDS = {1, 2};

  /** One point per token. */
  private record Length(String name) implements Reward {
    @Override
    public double score(VqaItem item, String completion, int[] tokenIds) {
      return tokenIds.length;
    }
  }

  @Test
  void rewardsAreSummedAsInMedR1() {
    RewardSet rewards = RewardSet.of(new AccuracyReward(), new FormatReward(Format.THINK));
    double[] scores = rewards.scores(ITEM, "<think>x</think><answer>A</answer>", IDS);
    assertThat(rewards.names()).containsExactly("accuracy", "format");
    assertThat(scores).containsExactly(1, 1);
    assertThat(rewards.total(scores)).isEqualTo(2);
    assertThat(rewards.scores(ITEM, "<answer>A</answer>", IDS)).containsExactly(1, 0);
    assertThat(rewards.scores(ITEM, "<think>x</think><answer>B</answer>", IDS))
        .containsExactly(0, 1);
  }

  @Test
  void weightsMayBePenalties() {
    RewardSet rewards =
        new RewardSet(
            List.of(
                new RewardSet.Part(new AccuracyReward(), 2),
                new RewardSet.Part(new Length("length"), -0.25)));
    double[] scores = rewards.scores(ITEM, "A", IDS);
    assertThat(scores).containsExactly(1, 2);
    assertThat(rewards.total(scores)).isEqualTo(1.5);
  }

  @Test
  void whatCannotBeLoggedIsRefused() {
    assertThatThrownBy(RewardSet::of).hasMessageContaining("at least one reward");
    assertThatThrownBy(() -> RewardSet.of(new Length("a"), new Length("a")))
        .hasMessageContaining("distinct names, found [a, a]");
    assertThatThrownBy(() -> RewardSet.of(new Length("a b"))).hasMessageContaining("found: a b");
    assertThatThrownBy(() -> new RewardSet.Part(new Length("a"), Double.NaN))
        .hasMessageContaining("weight of reward a");
  }

  @Test
  void anInfiniteRewardIsReportedWithItsItem() {
    Reward broken =
        new Reward() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public double score(VqaItem item, String completion, int[] tokenIds) {
            return 1.0 / 0;
          }
        };
    assertThatThrownBy(() -> RewardSet.of(broken).scores(ITEM, "so", IDS))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("broken")
        .hasMessageContaining("Infinity")
        .hasMessageContaining(ITEM.id())
        .hasMessageContaining("so");
  }
}
