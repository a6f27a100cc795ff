package ai.medr1.grpo.reward;

import ai.medr1.data.VqaItem;

/**
 * Says how good a completion is. Implement it to train for something else than the right letter in
 * the right format; {@code RewardContract} of medr1-testing checks an implementation.
 *
 * <p>A reward is a function of its arguments alone, and may be called from several threads.
 */
public interface Reward {
  /**
   * A short name of letters, digits, {@code _} and {@code -}, the same on every call: metrics are
   * written as {@code rewards/NAME/mean}.
   */
  String name();

  /**
   * Whether the reward says anything about completions to this question. Where it does not, it
   * counts neither for nor against them, and is left out of the metrics.
   */
  default boolean appliesTo(VqaItem item) {
    return true;
  }

  /**
   * The reward of one completion: any finite number, and never an exception because of what a model
   * wrote.
   *
   * @param item the question that was asked
   * @param completion the answer as text, without special tokens
   * @param tokenIds [L] the answer as token ids, with the stop token where one was drawn; not to be
   *     changed
   */
  double score(VqaItem item, String completion, int[] tokenIds);
}
