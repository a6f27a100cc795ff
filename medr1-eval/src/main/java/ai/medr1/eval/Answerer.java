package ai.medr1.eval;

import ai.medr1.core.text.Prompt;
import ai.medr1.data.VqaItem;
import java.util.Iterator;
import java.util.function.ObjIntConsumer;

/** Something that answers questions: a model with its settings for generation. */
public interface Answerer {
  /**
   * About how long the prompt of an item is, found out without making it; only the order counts.
   * Called by several threads.
   *
   * @throws ai.medr1.core.InputException if the item can't be asked
   */
  int length(VqaItem item);

  /**
   * The prompt of an item, ready to be answered. Called by several threads, also while the model
   * answers.
   *
   * @throws ai.medr1.core.InputException naming the item if it can't be asked: the image can't be
   *     read, the prompt is too long
   */
  Prompt prompt(VqaItem item);

  /**
   * Answers questions. What the answer to one is does not depend on the others, but for rounding.
   *
   * @param questions are asked for on this thread, when they can be begun
   * @param atOnce answers that are written at once, at most
   * @param answered gets every answer, when it has ended, with the number of its question, counted
   *     from 0
   */
  void answer(Iterator<Question> questions, int atOnce, ObjIntConsumer<Answer> answered);

  /** The text of some tokens of an answer, without special tokens. */
  String text(int[] tokens);
}
