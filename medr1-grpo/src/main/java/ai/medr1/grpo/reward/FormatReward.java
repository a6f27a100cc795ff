package ai.medr1.grpo.reward;

import ai.medr1.data.VqaItem;
import ai.medr1.eval.AnswerTags;
import java.util.function.Predicate;

/**
 * 1 when the whole completion has the form that the prompt asks for, else 0: {@code format_reward}
 * of Med-R1's grpo_vqa.py and grpo_vqa_nothink.py.
 */
public final class FormatReward implements Reward {
  private final Predicate<String> form;

  private FormatReward(Predicate<String> form) {
    this.form = form;
  }

  /** Wants {@code <think>…</think>}, white space, {@code <answer>…</answer>}. */
  public static FormatReward think() {
    return new FormatReward(AnswerTags::isThinkThenAnswer);
  }

  /** Wants white space, {@code <answer>…</answer>}. */
  public static FormatReward noThink() {
    return new FormatReward(AnswerTags::isAnswer);
  }

  @Override
  public String name() {
    return "format";
  }

  @Override
  public double score(VqaItem item, String completion, int[] tokenIds) {
    return score(completion);
  }

  double score(String completion) {
    return form.test(completion) ? 1 : 0;
  }
}
