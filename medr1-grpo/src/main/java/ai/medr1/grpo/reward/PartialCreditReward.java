package ai.medr1.grpo.reward;

import ai.medr1.data.AnswerKind;
import ai.medr1.data.VqaItem;

/**
 * 1 for the right letter as {@link AccuracyReward} wants it, 0.5 for the right answer in another
 * form, as {@link LetterOrTextReward} reads it. Source: MedVLM-R1 (arXiv 2502.19634), which gives
 * 0.5 for the right letter with more text beside it in the tag; an option's text alone is medr1's
 * addition. It applies to questions with options.
 */
public final class PartialCreditReward implements Reward {
  @Override
  public String name() {
    return "partial-credit";
  }

  @Override
  public boolean appliesTo(VqaItem item) {
    return item.answerKind() == AnswerKind.LETTER;
  }

  @Override
  public double score(VqaItem item, String completion, int[] tokenIds) {
    if (AccuracyReward.score(completion, item.solution()) == 1) {
      return 1;
    }
    return LetterOrTextReward.right(item, completion) ? 0.5 : 0;
  }
}
