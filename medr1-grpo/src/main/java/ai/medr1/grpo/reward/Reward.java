package ai.medr1.grpo.reward;

import ai.medr1.data.AnswerKind;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.text.Gold;

/**
 * Says how good a completion is. Implement it to train for something else than the right letter in
 * the right format; {@code RewardContract} of medr1-testing checks an implementation.
 *
 * <p>A reward is a function of its arguments alone, and is called from several threads at once. One
 * that waits for others should heed interrupts, which it gets when its time is over.
 */
public interface Reward {
  /** What a reward looks at: what is asked of it follows from that. */
  enum About {
    /**
     * The answer. The right one earns something, which is tried before the first step; one that
     * names several options earns nothing.
     */
    ANSWER,
    /** The form of a completion. The form that the prompt asks for earns something. */
    FORM,
    /** Anything else, such as the length. */
    OTHER
  }

  /**
   * A short name of letters, digits, {@code _} and {@code -}, the same on every call: metrics are
   * written as {@code rewards/NAME/mean}.
   */
  String name();

  /** What the reward looks at. */
  default About about() {
    return About.ANSWER;
  }

  /**
   * Whether the reward says anything about completions to this question. Where it does not, it
   * counts neither for nor against them, and is left out of the metrics.
   */
  default boolean appliesTo(VqaItem item) {
    return true;
  }

  /** The right answer as the model is to write it. */
  default String rightAnswer(VqaItem item) {
    return item.answerKind() == AnswerKind.TEXT ? Gold.of(item).forms().get(0) : item.gold();
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
