package ai.medr1.grpo.loss;

/**
 * Says how much better or worse each completion is than what it is compared with: the factor of its
 * tokens in a {@link PolicyLoss}. {@code AdvantagesContract} of medr1-testing checks an
 * implementation.
 *
 * <p>All groups of a step come together, with the scores of every reward, so that an implementation
 * may compare within a group or over the whole step, totals or single rewards. It is a function of
 * its argument alone, which it leaves as it is; neither the order of the groups nor that of the
 * completions in a group may count.
 */
@FunctionalInterface
public interface Advantages {
  /**
   * Compares the completions of a step.
   *
   * @param step every group has two completions or more
   * @return [B][G] finite, as many as there are groups and completions
   */
  float[][] of(StepRewards step);
}
