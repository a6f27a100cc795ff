package ai.medr1.grpo.reward;

import ai.medr1.data.AnswerKind;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.AnswerReader;
import ai.medr1.eval.text.Alternatives;
import ai.medr1.eval.text.Gold;
import ai.medr1.eval.text.TextScore;

/**
 * How near an answer comes to the right one, if that is a text: what an evaluation would count, of
 * the answer that an evaluation would read; but one that offers a choice, {@code liver or spleen},
 * earns nothing. It does not apply where the right answer is a letter, or of another kind than the
 * score is about.
 *
 * @param reader of the prompt
 * @param numericTolerance share of a right number that an answer may be off
 */
public record TextReward(TextScore score, AnswerReader reader, double numericTolerance)
    implements Reward {
  @Override
  public String name() {
    return score.rewardName();
  }

  @Override
  public boolean appliesTo(VqaItem item) {
    return item.answerKind() == AnswerKind.TEXT && score.appliesTo(Gold.of(item));
  }

  @Override
  public double score(VqaItem item, String completion, int[] tokenIds) {
    Gold gold = Gold.of(item);
    String answer = reader.read(completion, item).orElse("");
    return Alternatives.offered(gold, answer)
        ? 0
        : score.of(gold, answer, numericTolerance).orElse(0);
  }
}
