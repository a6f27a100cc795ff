package ai.medr1.grpo.reward;

import ai.medr1.data.VqaItem;
import ai.medr1.eval.AnswerTags;
import java.util.Optional;

/**
 * 1 for the right answer, 0 for others: {@code accuracy_reward} of Med-R1's grpo_vqa.py.
 *
 * <p>As there, an answer is right in either of two ways:
 *
 * <ul>
 *   <li>completion and solution as wholes give the same number ({@link FoundNumber} tells how it is
 *       found and what of math_verify is left out). Solutions that are letters have no number.
 *   <li>the stripped contents of the first answer tags on one line are equal; a text without such a
 *       tag is its own answer.
 * </ul>
 */
public final class AccuracyReward implements Reward {
  @Override
  public String name() {
    return "accuracy";
  }

  @Override
  public double score(VqaItem item, String completion, int[] tokenIds) {
    return score(completion, item.solution());
  }

  static double score(String completion, String solution) {
    return sameNumber(completion, solution) || answer(completion).equals(answer(solution)) ? 1 : 0;
  }

  private static boolean sameNumber(String completion, String solution) {
    Optional<FoundNumber> gold = FoundNumber.in(solution);
    return gold.isPresent() && FoundNumber.in(completion).filter(gold.get()::sameAs).isPresent();
  }

  private static String answer(String text) {
    return AnswerTags.strip(AnswerTags.line(text).orElse(text));
  }
}
