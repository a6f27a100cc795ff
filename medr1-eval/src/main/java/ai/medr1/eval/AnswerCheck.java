package ai.medr1.eval;

import ai.medr1.data.VqaItem;
import java.util.Optional;

/**
 * Says whether an answer is the right one, for answers that are neither letters nor texts to be
 * compared word for word: places, codes, findings of a report.
 *
 * <p>A check is a function of its arguments alone, and never throws because of what a model wrote.
 */
@FunctionalInterface
public interface AnswerCheck {
  /** Compares as Med-R1 does. */
  AnswerCheck NONE = (item, answer) -> Optional.empty();

  /**
   * Whether the answer is right; empty where it is to be compared as ever.
   *
   * @param answer as the {@link AnswerReader} found it
   */
  Optional<Boolean> isRight(VqaItem item, String answer);
}
