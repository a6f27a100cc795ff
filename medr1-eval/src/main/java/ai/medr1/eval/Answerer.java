package ai.medr1.eval;

import ai.medr1.core.text.Prompt;
import ai.medr1.data.VqaItem;
import java.util.List;

/** Something that answers questions in batches: a model with its settings for generation. */
public interface Answerer {
  /**
   * The prompt of an item, ready to be answered.
   *
   * @throws ai.medr1.core.InputException naming the item if it can't be asked: the image can't be
   *     read, the prompt is too long
   */
  Prompt prompt(VqaItem item);

  /** The answer to each prompt, in the order of the prompts. */
  List<Answer> answer(List<Prompt> prompts);

  /** The text of some tokens of an answer, without special tokens. */
  String text(int[] tokens);
}
