package ai.medr1.eval;

import ai.medr1.core.model.Continuation;
import ai.medr1.core.model.PrefixCache;
import ai.medr1.core.model.QwenVl;
import ai.medr1.core.model.RandomStreams;
import ai.medr1.core.model.Sampling;
import ai.medr1.core.text.Prompt;
import ai.medr1.data.VqaItem;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Iterator;
import java.util.List;
import java.util.function.ObjIntConsumer;

/**
 * A model that answers greedily, and besides draws answers: for pass@k and majority votes. What is
 * drawn depends on the seed and the id of the item, not on the other items. The prompt is computed
 * once for all of it.
 *
 * @param greedy model, prompts and limit
 * @param samples answers that are drawn to every question
 * @param temperature divides the logits
 */
public record SamplingAnswerer(ModelAnswerer greedy, int samples, double temperature, long seed)
    implements Answerer {

  public SamplingAnswerer {
    if (samples < 1) {
      throw new IllegalArgumentException("samples is positive, found " + samples);
    }
  }

  @Override
  public int length(VqaItem item) {
    return greedy.length(item);
  }

  @Override
  public Prompt prompt(VqaItem item) {
    return greedy.prompt(item);
  }

  @Override
  public String text(int[] tokens) {
    return greedy.text(tokens);
  }

  /** Of the answers that are written at once, those drawn to one question are some. */
  @Override
  public void answer(Iterator<Question> questions, int atOnce, ObjIntConsumer<Answer> answered) {
    int together = (atOnce + samples - 1) / samples;
    Rounds.each(questions, together, (round, first) -> answer(round, first, answered));
  }

  private void answer(List<Question> round, int first, ObjIntConsumer<Answer> answered) {
    QwenVl model = greedy.model();
    int longest = greedy.maxNewTokens();
    long[] streams = round.stream().mapToLong(question -> stream(question.item())).toArray();
    try (PrefixCache prefix =
        model.drawing().encode(round.stream().map(Question::prompt).toList())) {
      Sampling best = model.greedy(longest);
      List<List<Continuation>> written = model.drawing().sample(prefix, 1, best, streams).groups();
      List<List<Continuation>> drawn =
          model.drawing().sample(prefix, samples, random(longest), streams).groups();
      for (int i = 0; i < round.size(); i++) {
        answered.accept(answer(written.get(i).get(0), drawn.get(i)), first + i);
      }
    }
  }

  private Answer answer(Continuation written, List<Continuation> drawn) {
    return greedy
        .answer(written)
        .withSamples(drawn.stream().map(continuation -> text(continuation.ids())).toList());
  }

  private Sampling random(int longest) {
    return new Sampling(false, temperature, 0, 1, 1, longest, greedy.model().stopTokens(), true);
  }

  private long stream(VqaItem item) {
    try {
      byte[] id = item.id().getBytes(StandardCharsets.UTF_8);
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(id);
      return RandomStreams.key(seed, 0, ByteBuffer.wrap(hash).getLong());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
