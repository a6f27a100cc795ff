package ai.medr1.grpo.reward;

import ai.medr1.data.VqaItem;
import java.util.List;

/** A reward that wants all completions of a question at once, to rank them for example. */
public interface GroupReward extends Reward {
  /**
   * The rewards of some completions, finite numbers.
   *
   * @param item the question that was asked
   * @param completions [G] at least one
   * @param tokenIds [G][L] not to be changed
   * @return [G]
   */
  double[] scores(VqaItem item, List<String> completions, List<int[]> tokenIds);

  /** The reward of a completion that is alone in its group. */
  @Override
  default double score(VqaItem item, String completion, int[] tokenIds) {
    return scores(item, List.of(completion), List.of(tokenIds))[0];
  }
}
