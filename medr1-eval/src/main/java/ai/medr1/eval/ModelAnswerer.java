package ai.medr1.eval;

import ai.medr1.core.model.Continuation;
import ai.medr1.core.model.QwenVl;
import ai.medr1.core.model.Request;
import ai.medr1.core.model.Sampling;
import ai.medr1.core.text.Prompt;
import ai.medr1.data.VqaItem;
import java.util.Iterator;
import java.util.Spliterators;
import java.util.function.ObjIntConsumer;
import java.util.stream.StreamSupport;

/**
 * A model that answers greedily; the next question takes the place of one that is answered.
 *
 * @param model not closed here
 * @param maxNewTokens tokens per answer at most; Med-R1 evaluates with 256
 */
public record ModelAnswerer(QwenVl model, VqaPrompts prompts, int maxNewTokens)
    implements Answerer {

  @Override
  public int length(VqaItem item) {
    return prompts.length(item);
  }

  @Override
  public Prompt prompt(VqaItem item) {
    return prompts.of(item);
  }

  @Override
  public void answer(Iterator<Question> questions, int atOnce, ObjIntConsumer<Answer> answered) {
    Sampling greedy = model.greedy(maxNewTokens);
    model
        .drawing()
        .answer(
            requests(questions),
            atOnce,
            greedy,
            (continuation, number) -> answered.accept(answer(continuation), number));
  }

  private static Iterator<Request> requests(Iterator<Question> questions) {
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(questions, 0), false)
        .map(question -> Request.of(question.prompt()))
        .iterator();
  }

  @Override
  public String text(int[] tokens) {
    return model.processor().tokenizer().decode(tokens, true);
  }

  Answer answer(Continuation continuation) {
    int[] tokens = continuation.ids();
    return new Answer(text(tokens), tokens, continuation.logps(), continuation.finished());
  }
}
