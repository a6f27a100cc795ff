package ai.medr1.grpo.reward;

import ai.medr1.data.AnswerKind;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.text.LenientLetter;
import java.util.Optional;

/**
 * 1 for the letter of the right option or its text, in whatever form: {@code B}, {@code (b)},
 * {@code B) Kidney}, {@code Kidney}; 0 for others, and where several options are named. It reads
 * what {@link LenientLetter} reads, of the answer in its tags where there are tags, and applies to
 * questions with options.
 */
public final class LetterOrTextReward implements Reward {
  @Override
  public String name() {
    return "letter-or-text";
  }

  @Override
  public boolean appliesTo(VqaItem item) {
    return item.answerKind() == AnswerKind.LETTER;
  }

  @Override
  public double score(VqaItem item, String completion, int[] tokenIds) {
    return right(item, completion) ? 1 : 0;
  }

  static boolean right(VqaItem item, String completion) {
    Optional<String> chosen = LenientLetter.read(answerFirst(completion), item.options());
    return chosen.filter(item.gold()::equals).isPresent();
  }

  /**
   * Without reasoning behind the answer: what is behind thoughts would be read, and there is
   * nothing.
   */
  private static String answerFirst(String completion) {
    int answer = completion.indexOf("<answer>");
    int think = completion.indexOf("<think>");
    return answer >= 0 && answer < think ? completion.substring(0, think) : completion;
  }
}
