package ai.medr1.eval;

import ai.medr1.data.AnswerKind;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.text.Gold;
import ai.medr1.eval.text.LenientLetter;
import ai.medr1.eval.text.TextScore;
import java.util.Collections;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

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
 * @param scores how near the answer comes to the right one, if that is a text; of the scores that
 *     apply to it
 * @param lenient a second reading of the letter; empty where it was not asked for, or the right
 *     answer is a text
 * @param checked what an {@link AnswerCheck} says of the answer; empty where it says nothing
 */
public record EvaluatedItem(
    VqaItem item,
    String output,
    Optional<String> extracted,
    int tokens,
    Optional<Double> answerLogprob,
    Map<String, Double> letterProbs,
    Optional<Boolean> leaked,
    List<Sample> samples,
    Map<TextScore, Double> scores,
    Optional<Lenient> lenient,
    Optional<Boolean> checked) {

  /** A letter as {@link LenientLetter} reads it; empty where it reads none. */
  public record Lenient(Optional<String> letter) {}

  /**
   * One of several answers that were drawn to the same item.
   *
   * @param checked what an {@link AnswerCheck} says of it
   */
  public record Sample(String output, Optional<String> extracted, Optional<Boolean> checked) {
    /** Compared as ever. */
    public Sample(String output, Optional<String> extracted) {
      this(output, extracted, Optional.empty());
    }
  }

  public EvaluatedItem {
    letterProbs = Collections.unmodifiableMap(new LinkedHashMap<>(letterProbs));
    samples = List.copyOf(samples);
    scores = Collections.unmodifiableMap(new TreeMap<>(scores));
  }

  /** With exact numbers, and letters read as Med-R1 does. */
  public EvaluatedItem(
      VqaItem item,
      String output,
      Optional<String> extracted,
      int tokens,
      Optional<Double> answerLogprob,
      Map<String, Double> letterProbs,
      Optional<Boolean> leaked,
      List<Sample> samples) {
    this(
        item,
        output,
        extracted,
        tokens,
        answerLogprob,
        letterProbs,
        leaked,
        samples,
        scores(item, extracted, 0),
        Optional.empty(),
        Optional.empty());
  }

  /**
   * The scores that apply to an item; none if its right answer is a letter.
   *
   * @param numericTolerance share of a right number that an answer may be off
   */
  static Map<TextScore, Double> scores(
      VqaItem item, Optional<String> extracted, double numericTolerance) {
    Map<TextScore, Double> scores = new EnumMap<>(TextScore.class);
    if (isText(item)) {
      Gold gold = Gold.of(item);
      for (TextScore score : TextScore.values()) {
        score
            .of(gold, extracted.orElse(""), numericTolerance)
            .ifPresent(value -> scores.put(score, value));
      }
    }
    return scores;
  }

  private static boolean isText(VqaItem item) {
    return item.answerKind() == AnswerKind.TEXT;
  }

  /** Whether the right answer is a text. */
  boolean isText() {
    return isText(item);
  }

  /**
   * Whether the extracted answer is the right one: as a check says, or else letters compared as
   * they are, texts after normalisation.
   */
  public boolean right() {
    return checked.orElseGet(this::isEqual);
  }

  private boolean isEqual() {
    return isText() ? scores.getOrDefault(TextScore.EXACT_MATCH, 0.0) == 1 : isRight(extracted);
  }

  /** Whether the letter is the right one in its second reading; empty where there is none. */
  public Optional<Boolean> rightLeniently() {
    return lenient.map(reading -> isRight(reading.letter()));
  }

  /** Whether the answer of one of the samples is the right one. */
  public boolean right(Sample sample) {
    return sample.checked().orElseGet(() -> isEqual(sample));
  }

  private boolean isEqual(Sample sample) {
    return isText()
        ? TextScore.EXACT_MATCH.of(Gold.of(item), sample.extracted().orElse(""), 0).orElse(0) == 1
        : isRight(sample.extracted());
  }

  /**
   * Whether there is an answer that could be right: one word where a letter is asked for, any text
   * otherwise. Raw outputs of models that talk around a letter fail here, too.
   */
  public boolean parsable() {
    return extracted.filter(answer -> isText() || AnswerTags.isWord(answer)).isPresent();
  }

  EvaluatedItem withItem(VqaItem same) {
    return with(same, leaked, lenient);
  }

  EvaluatedItem withLeaked(Optional<Boolean> known) {
    return with(item, known, lenient);
  }

  /** With or without the second reading of the letter. */
  EvaluatedItem withLenient(boolean wanted) {
    return with(
        item,
        leaked,
        wanted && !isText()
            ? Optional.of(new Lenient(LenientLetter.read(output, item.options())))
            : Optional.empty());
  }

  private EvaluatedItem with(VqaItem same, Optional<Boolean> known, Optional<Lenient> reading) {
    return new EvaluatedItem(
        same,
        output,
        extracted,
        tokens,
        answerLogprob,
        letterProbs,
        known,
        samples,
        scores,
        reading,
        checked);
  }

  private boolean isRight(Optional<String> answer) {
    return answer.filter(item.gold()::equals).isPresent();
  }
}
