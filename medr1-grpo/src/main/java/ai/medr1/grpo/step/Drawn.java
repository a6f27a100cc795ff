package ai.medr1.grpo.step;

import ai.medr1.core.model.Continuation;
import ai.medr1.grpo.loss.GroupAdvantages;
import ai.medr1.grpo.loss.StepRewards;
import java.util.Arrays;
import java.util.List;

/**
 * A question with the completions that the policy drew and what they earned, not compared yet.
 *
 * @param completions [G]
 * @param texts [G] without special tokens
 * @param group what they earned
 */
public record Drawn(
    Question question,
    List<Continuation> completions,
    List<String> texts,
    StepRewards.Group group) {

  /** Whether all rewards are equal, so that nothing can be learned by comparing. */
  public boolean isEqual() {
    return GroupAdvantages.areEqual(group.totals());
  }

  /** Tokens of all completions. */
  public long tokens() {
    return completions.stream().mapToLong(c -> c.ids().length).sum();
  }

  /**
   * Takes something off the rewards.
   *
   * @param costs [G]
   */
  Drawn less(double[] costs) {
    double[] totals = group.totals().clone();
    Arrays.setAll(totals, g -> totals[g] - costs[g]);
    return new Drawn(
        question,
        completions,
        texts,
        new StepRewards.Group(
            group.item(), group.scores(), totals, group.lengths(), group.finished()));
  }
}
