package ai.medr1.eval;

import ai.medr1.data.VqaItem;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.function.ObjIntConsumer;

/** Answers as many questions as may be open, the last one first, then the next ones. */
abstract class FakeAnswerer implements Answerer {
  /** Questions that were open together. */
  final List<List<Question>> rounds = new ArrayList<>();

  abstract Answer answer(Question question);

  @Override
  public int length(VqaItem item) {
    return prompt(item).ids().length;
  }

  @Override
  public void answer(Iterator<Question> questions, int atOnce, ObjIntConsumer<Answer> answered) {
    for (int first = 0; questions.hasNext(); first += atOnce) {
      List<Question> open = new ArrayList<>();
      while (open.size() < atOnce && questions.hasNext()) {
        open.add(questions.next());
      }
      rounds.add(open);
      List<Question> backwards = new ArrayList<>(open);
      Collections.reverse(backwards);
      for (Question question : backwards) {
        answered.accept(answer(question), first + open.indexOf(question));
      }
    }
  }

  @Override
  public String text(int[] tokens) {
    return Items.text(tokens);
  }
}
