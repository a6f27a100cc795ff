package ai.medr1.eval;

import ai.medr1.data.VqaItem;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An item and what a model said to it.
 *
 * @param output the model's whole output
 * @param extracted the answer in it; empty where none was found
 * @param tokens length of the output, the stop token included
 * @param answerLogprob natural log-probability of the token that wrote the answer's letter; empty
 *     where the answer is no letter
 * @param letterProbs probability of each option's letter among the options; empty where it was not
 *     computed
 * @param leaked whether the image is one of the training images, too; empty where that is unknown
 * @param samples further answers that were drawn, in order; empty where none were
 */
public record EvaluatedItem(
    VqaItem item,
    String output,
    Optional<String> extracted,
    int tokens,
    Optional<Double> answerLogprob,
    Map<String, Double> letterProbs,
    Optional<Boolean> leaked,
    List<Sample> samples) {

  /** One of several answers that were drawn to the same item. */
  public record Sample(String output, Optional<String> extracted) {}

  public EvaluatedItem {
    letterProbs = Collections.unmodifiableMap(new LinkedHashMap<>(letterProbs));
    samples = List.copyOf(samples);
  }

  /** Whether the extracted answer is the right one, compared letter by letter. */
  public boolean right() {
    return isRight(extracted);
  }

  /** Whether the answer of one of the samples is the right one. */
  public boolean right(Sample sample) {
    return isRight(sample.extracted());
  }

  /**
   * Whether there is an answer that could be right: one word. Raw outputs of models that talk
   * around the answer fail here, too.
   */
  public boolean parsable() {
    return extracted.filter(AnswerTags::isWord).isPresent();
  }

  EvaluatedItem withItem(VqaItem same) {
    return new EvaluatedItem(
        same, output, extracted, tokens, answerLogprob, letterProbs, leaked, samples);
  }

  EvaluatedItem withLeaked(Optional<Boolean> known) {
    return new EvaluatedItem(
        item, output, extracted, tokens, answerLogprob, letterProbs, known, samples);
  }

  private boolean isRight(Optional<String> answer) {
    return answer.filter(item.gold()::equals).isPresent();
  }
}
