package ai.medr1.eval;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Function;

/** Finds the token that wrote the letter of an answer, and how probable it was. */
final class AnswerLetter {
  private AnswerLetter() {}

  /**
   * The natural log-probability of that token, rounded to four decimals: the layout of a batch
   * changes digits behind them. Empty where the extracted answer is not one letter.
   *
   * @param text of some tokens, without special tokens
   */
  static Optional<Double> logProb(
      Answer answer, AnswerReader reader, Function<int[], String> text) {
    OptionalInt letter = reader.letterAt(answer.text());
    OptionalInt token =
        letter.isPresent() ? token(answer, letter.getAsInt(), text) : OptionalInt.empty();
    return token.isPresent()
        ? Optional.of((double) answer.logProbs()[token.getAsInt()])
            .filter(Double::isFinite)
            .map(AnswerLetter::round)
        : Optional.empty();
  }

  /** The first token with which the text reaches beyond a place, found by halving. */
  private static OptionalInt token(Answer answer, int place, Function<int[], String> text) {
    String upTo = answer.text().substring(0, place + 1);
    int low = 0;
    int high = answer.tokens().length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      String begun = text.apply(Arrays.copyOf(answer.tokens(), middle + 1));
      if (begun.startsWith(upTo)) {
        high = middle;
      } else {
        low = middle + 1;
      }
    }
    return low < answer.tokens().length ? OptionalInt.of(low) : OptionalInt.empty();
  }

  /** Four decimals. */
  static double round(double value) {
    return Math.round(value * 1e4) / 1e4;
  }
}
