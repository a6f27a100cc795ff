package ai.medr1.eval;

import ai.medr1.data.VqaItem;
import java.util.Optional;

/**
 * An item and what a model said to it.
 *
 * @param output the model's whole output
 * @param extracted the answer in it; empty where none was found
 */
public record EvaluatedItem(VqaItem item, String output, Optional<String> extracted) {

  /** Whether the extracted answer is the right one, compared letter by letter. */
  public boolean right() {
    return extracted.filter(item.gold()::equals).isPresent();
  }

  /**
   * Whether there is an answer that could be right: one word. Raw outputs of models that talk
   * around the answer fail here, too.
   */
  public boolean parsable() {
    return extracted.filter(AnswerTags::isWord).isPresent();
  }
}
