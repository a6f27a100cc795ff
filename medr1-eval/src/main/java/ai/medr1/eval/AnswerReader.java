package ai.medr1.eval;

import ai.medr1.data.VqaItem;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Reads the answer in what a model wrote. {@link AnswerExtractor} has Med-R1's rules; {@code
 * AnswerReaderContract} of medr1-testing checks an implementation.
 *
 * <p>A reader is a function of its arguments alone, may be called from several threads, and never
 * throws because of what a model wrote.
 */
@FunctionalInterface
public interface AnswerReader {
  /**
   * The answer, as it is compared with the right one: a letter where the right answer is one, else
   * a text.
   *
   * @param output all that the model wrote, without special tokens
   * @return empty where there is no answer
   */
  Optional<String> read(String output, VqaItem item);

  /**
   * Where the answer stands in the output if it is one letter; evaluations tell how probable the
   * model found it. Empty where it is no letter, or the place is unknown.
   */
  default OptionalInt letterAt(String output) {
    return OptionalInt.empty();
  }
}
