package ai.medr1.grpo.loss;

import ai.medr1.data.VqaItem;
import java.util.List;

/**
 * What the completions of a whole step earned, which {@link Advantages} compare.
 *
 * @param rewards names of the K rewards
 * @param weights [K]
 * @param groups one for every question of the step, in their order
 */
public record StepRewards(List<String> rewards, double[] weights, List<Group> groups) {

  public StepRewards {
    rewards = List.copyOf(rewards);
    groups = List.copyOf(groups);
  }

  /**
   * A question and its G completions.
   *
   * @param scores [G][K] before weighting; NaN where a reward does not apply to the question
   * @param totals [G] weighted sums of the scores that apply, finite
   * @param lengths [G] tokens, the end token included
   * @param finished [G] whether a completion ended by itself, before the longest length
   */
  public record Group(
      VqaItem item, double[][] scores, double[] totals, int[] lengths, boolean[] finished) {

    /** Completions G. */
    public int size() {
      return totals.length;
    }
  }
}
