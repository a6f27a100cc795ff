package ai.medr1.eval;

import ai.medr1.core.model.NotFiniteException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.ObjIntConsumer;

/** Questions in rounds, for models that answer all of a round before the next. */
final class Rounds {
  private Rounds() {}

  /**
   * @param size questions of a round
   * @param answer gets every round with the number of its first question
   */
  static void each(Iterator<Question> questions, int size, ObjIntConsumer<List<Question>> answer) {
    for (int first = 0; questions.hasNext(); first += size) {
      List<Question> round = new ArrayList<>();
      while (round.size() < size && questions.hasNext()) {
        round.add(questions.next());
      }
      try {
        answer.accept(round, first);
      } catch (NotFiniteException e) {
        throw e.behind(first);
      }
    }
  }
}
