package ai.medr1.eval.text;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.ToDoubleBiFunction;
import java.util.function.ToDoubleFunction;

/** Ways to compare a text with the right answer. Every score is in [0, 1]; 1 is the best. */
public enum TextScore {
  /** Whether both are equal after normalisation. */
  EXACT_MATCH(
      "exactMatch",
      "exact-match",
      "Exact match",
      overlap((answer, right) -> score(answer.equals(right)))),
  /** The F1 score of the tokens. */
  TOKEN_F1("tokenF1", "token-f1", "Token F1", overlap(Overlap::tokenF1)),
  BLEU_1("bleu1", "bleu-1", "BLEU-1", bleu(1)),
  BLEU_2("bleu2", "bleu-2", "BLEU-2", bleu(2)),
  BLEU_3("bleu3", "bleu-3", "BLEU-3", bleu(3)),
  BLEU_4("bleu4", "bleu", "BLEU-4", bleu(4)),
  /** The F1 score of the longest common subsequence of tokens. */
  ROUGE_L("rougeL", "rouge-l", "ROUGE-L", overlap(Overlap::rougeL)),
  /** Whether the answer has the right number; of right answers that are a number with its unit. */
  NUMERIC(
      "numeric",
      "numeric",
      "Number",
      (gold, form, answer, tolerance) ->
          where(
              Quantity.exact(form),
              right ->
                  score(
                      Quantity.read(answer)
                          .filter(found -> right.admits(found, tolerance))
                          .isPresent()))),
  /** Whether the answer is the right one of yes and no; of right answers that are one of them. */
  YES_NO(
      "yesNo",
      "yes-no",
      "Yes or no",
      (gold, form, answer, tolerance) ->
          where(
              YesNo.exact(Normal.of(form, gold.english())),
              right ->
                  score(
                      YesNo.read(Normal.of(answer, gold.english()))
                          .filter(right::equals)
                          .isPresent()))),
  /** The F1 score of the members, in any order; of right answers that are a list. */
  LIST_F1(
      "listF1",
      "list-f1",
      "List F1",
      (gold, form, answer, tolerance) ->
          where(
              ListOf.exact(form, gold.english()),
              right -> Overlap.setF1(ListOf.read(answer, gold.english()), right)));

  /** Compares an answer with one form of the right one; empty where it does not apply to that. */
  private interface Measure {
    OptionalDouble of(Gold gold, String form, String answer, double tolerance);
  }

  private final String key;
  private final String rewardName;
  private final String title;

  @SuppressWarnings("ImmutableEnumChecker") // has no state
  private final Measure measure;

  TextScore(String key, String rewardName, String title, Measure measure) {
    this.key = key;
    this.rewardName = rewardName;
    this.title = title;
    this.measure = measure;
  }

  /** A text as exact match compares it. */
  public static String normalized(String text) {
    return Normal.of(text, Normal.looksEnglish(text)).text();
  }

  /** Its name in files. */
  public String key() {
    return key;
  }

  /** Its name in tables. */
  public String title() {
    return title;
  }

  /** Its name among rewards: {@code exact-match}. */
  public String rewardName() {
    return rewardName;
  }

  /** Whether it says anything about answers to a question with this right answer. */
  public boolean appliesTo(Gold gold) {
    return of(gold, "", 0).isPresent();
  }

  /**
   * The score of an answer: the best over the forms of the right one. An answer without any token
   * is equal to none but an empty right one.
   *
   * @param tolerance share of a right number that an answer may be off
   * @return empty where the score does not apply to the right answer
   */
  public OptionalDouble of(Gold gold, String answer, double tolerance) {
    return gold.forms().stream()
        .map(form -> measure.of(gold, form, answer, tolerance))
        .filter(OptionalDouble::isPresent)
        .mapToDouble(OptionalDouble::getAsDouble)
        .max();
  }

  private static Measure overlap(ToDoubleBiFunction<List<String>, List<String>> score) {
    return (gold, form, answer, tolerance) ->
        OptionalDouble.of(score.applyAsDouble(normal(gold, answer), normal(gold, form)));
  }

  private static Measure bleu(int order) {
    return overlap((answer, right) -> Overlap.bleu(answer, right, order));
  }

  private static <T> OptionalDouble where(Optional<T> right, ToDoubleFunction<T> score) {
    return right.isPresent()
        ? OptionalDouble.of(score.applyAsDouble(right.get()))
        : OptionalDouble.empty();
  }

  private static double score(boolean right) {
    return right ? 1 : 0;
  }

  private static List<String> normal(Gold gold, String text) {
    return Normal.of(text, gold.english()).tokens();
  }
}
