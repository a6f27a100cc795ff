package ai.medr1.grpo.reward;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.data.VqaItem;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What training relies on in any {@link Reward}; extend it to check an implementation. */
public abstract class RewardContract {
  private static final List<String> COMPLETIONS =
      List.of(
          "",
          " ",
          "A",
          "<answer>",
          "</answer><answer>",
          "<think></think><answer>A</answer>",
          "\ud83e\ude7b \u0000\r\n\u2028",
          "$1 \\{%s",
          "<think> ".repeat(20_000),
          "1 ".repeat(20_000));

  /** The reward to be checked. */
  protected abstract Reward reward();

  /** A question that it can judge. */
  protected abstract VqaItem item();

  @Test
  void theNameFitsIntoMetricsAndIsStable() {
    assertThat(reward().name()).matches("[\\w-]+").isEqualTo(reward().name());
  }

  @Test
  void whateverAModelWritesGetsAFiniteReward() {
    assertThat(COMPLETIONS)
        .allSatisfy(text -> assertThat(reward().score(item(), text, ids(text))).isFinite());
  }

  @Test
  void theSameArgumentsGiveTheSameReward() {
    Reward reward = reward();
    List<Double> once = scores(reward);
    List<Double> again = COMPLETIONS.parallelStream().map(t -> score(reward, t)).toList();
    assertThat(again).isEqualTo(once).isEqualTo(scores(reward()));
  }

  @Test
  void tokenIdsAreLeftAlone() {
    int[] ids = {3, 1, 2};
    reward().score(item(), "A", ids);
    assertThat(ids).containsExactly(3, 1, 2);
  }

  private List<Double> scores(Reward reward) {
    return COMPLETIONS.stream().map(t -> score(reward, t)).toList();
  }

  private double score(Reward reward, String text) {
    return reward.score(item(), text, ids(text));
  }

  private static int[] ids(String text) {
    return text.chars().toArray();
  }
}
