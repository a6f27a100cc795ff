package ai.medr1.eval;

import ai.medr1.core.model.Continuation;
import ai.medr1.core.model.QwenVl;
import ai.medr1.core.model.Sampling;
import ai.medr1.core.text.Prompt;
import ai.medr1.data.VqaItem;
import java.util.List;

/**
 * A model that answers greedily.
 *
 * @param model not closed here
 * @param maxNewTokens tokens per answer at most; Med-R1 evaluates with 256
 */
public record ModelAnswerer(QwenVl model, VqaPrompts prompts, int maxNewTokens)
    implements Answerer {

  @Override
  public Prompt prompt(VqaItem item) {
    return prompts.of(item);
  }

  @Override
  public List<Answer> answer(List<Prompt> batch) {
    Sampling greedy = Sampling.greedy(maxNewTokens, model.stopTokens());
    long[] unused = new long[batch.size()]; // greedy decoding draws no random numbers
    return model.generate(batch, 1, greedy, unused).groups().stream()
        .map(group -> answer(group.get(0)))
        .toList();
  }

  @Override
  public String text(int[] tokens) {
    return model.processor().tokenizer().decode(tokens, true);
  }

  private Answer answer(Continuation continuation) {
    int[] tokens = continuation.ids();
    return new Answer(text(tokens), tokens, continuation.logps(), continuation.finished());
  }
}
