package ai.medr1.grpo.reward;

import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The number that a text gives as its answer, found and compared as math_verify 0.9.0 does with the
 * settings of Med-R1's accuracy reward.
 *
 * <p>Formulas in LaTeX count ({@link Latex}), one in a box before others. Else numbers after white
 * space or "=" count: integers, decimals, thousands separators, per cent, and arithmetic with + - *
 * / ^ and parentheses. One that follows the word "answer" is preferred to others; among equals the
 * last one is taken. A tag is no white space: {@code <answer>3} has no number, {@code <answer> 3}
 * has one.
 *
 * <p>Deviations: of LaTeX, formulas with other commands, symbols or sets, or longer than 200
 * characters, are compared as texts and not as mathematics; white space and digits are ASCII,
 * expressions reach 200 characters to either side of an operator, values are doubles.
 *
 * @param text the number as it is written, without separators, leading zeros and the per cent sign
 * @param value what it stands for; not finite where it is undefined
 * @param decimal whether it is a single number with a decimal point
 */
record FoundNumber(String text, double value, boolean decimal) {
  private static final String EXPRESSION = expression("[-+*/^()×÷\\d.\\s]");
  private static final String EITHER = either(EXPRESSION);
  private static final String ONLY_NUMBER = either("(?!)");
  private static final String NEXT = "(?:.{0,100}=\\s*|.{0,50}?)" + EITHER + "(?!\\s*=)";

  /** Where a number may stand; the first row that finds a readable one decides. */
  private static final List<Place> PLACES =
      List.of(
          new Place(
              patterns("(?i:final answer is):?\\s*" + EITHER + "\\.?\\s?I hope"),
              latex("(?i:final answer is):?\\s*" + Latex.FORMULA + "\\.?\\s?I hope")),
          new Place(
              patterns("(?i:final answer.{0,100}?)\\s+is:?" + EITHER),
              latex("(?i:final answer.{0,100}?)\\s+is:?\\s*" + Latex.FORMULA, Latex.BOXED)),
          new Place(patterns("(?i:answer):" + NEXT), latex("(?i:answer):.{0,50}?" + Latex.FORMULA)),
          new Place(patterns("(?i:answer)" + NEXT), latex("(?i:answer).{0,50}?" + Latex.FORMULA)),
          new Place(patterns(EITHER, ONLY_NUMBER), latex(Latex.FORMULA)));

  /** The number in a text; empty where there is none. */
  static Optional<FoundNumber> in(String text) {
    List<Candidate> candidates = PLACES.stream().flatMap(place -> place.lastFirst(text)).toList();
    // The first candidate gives the wording even where only a later one can be computed.
    return candidates.stream()
        .filter(c -> c.value().isPresent())
        .findFirst()
        .map(c -> c.found(candidates.get(0).wording()));
  }

  /**
   * Equal as written or in value. Decimals are equal when they round to the same sixth place,
   * except that an integer equals nothing but itself.
   */
  boolean sameAs(FoundNumber other) {
    return text.equals(other.text) || sameValue(other);
  }

  private boolean sameValue(FoundNumber other) {
    if ((decimal || other.decimal) && !integer() && !other.integer()) {
      return Math.rint(value * 1e6) == Math.rint(other.value * 1e6);
    }
    return Math.abs(value - other.value) <= 1e-12 * Math.abs(value);
  }

  private boolean integer() {
    return !decimal && value == Math.rint(value);
  }

  // The bounds keep the search linear in the text.
  private static String expression(String term) {
    return "-?\\(?-?\\d" + term + "{0,200}[-+*/^()×÷]" + term + "{1,200}\\)?";
  }

  private static String either(String expression) {
    return "(?:^|\\s|=)(?:\\*\\*)?(?:"
        + ("(?<expression>" + expression + ")(?:\\*\\*)?(?:[.,:)$\\s]|\\z)")
        + "|\\p{Sc}?(?<number>-?[1-9]\\d{0,2}(?:[ ,]\\d{3})+(?:\\.\\d+)?"
        + "|-?\\d+[.,]\\d+|\\.\\d+|-?\\d+)"
        + "(?<percent>\\s*(?:%|[Pp]ercent|[Pp]ct))?)";
  }

  private static List<Pattern> patterns(String... regexes) {
    return Stream.of(regexes).map(r -> Pattern.compile(r, Pattern.UNIX_LINES)).toList();
  }

  private static List<Pattern> latex(String... regexes) {
    return Stream.of(regexes).map(r -> Pattern.compile(r, Pattern.DOTALL)).toList();
  }

  /** Patterns of equal rank. */
  private record Place(List<Pattern> plain, List<Pattern> latex) {
    private static final Comparator<Candidate> LAST_FIRST =
        Comparator.comparingInt(Candidate::end).reversed().thenComparingInt(Candidate::start);

    Stream<Candidate> lastFirst(String text) {
      return Stream.concat(all(latex, text, Candidate::latex), all(plain, text, Candidate::plain))
          .sorted(LAST_FIRST);
    }

    private static Stream<Candidate> all(
        List<Pattern> patterns, String text, Function<Matcher, Candidate> candidate) {
      return patterns.stream()
          .map(p -> p.matcher(text))
          .flatMap(
              m ->
                  Stream.iterate(m.find(), found -> found, found -> m.find())
                      .map(found -> candidate.apply(m)));
    }
  }

  /** A place in the text that looks like a number. */
  private record Candidate(int start, int end, String wording, OptionalDouble value) {
    private static final Pattern GROUPING = Pattern.compile("[ ,](?=\\d{3}(?:[ ,.]|$))");

    /** Letters and unread formulas count too: they are an answer, though not a number. */
    static Candidate latex(Matcher m) {
      String formula = m.group("latex");
      return new Candidate(
          m.start(), m.end(), Latex.wording(formula), OptionalDouble.of(Latex.value(formula)));
    }

    static Candidate plain(Matcher m) {
      String number = m.group("number");
      String wording = number == null ? m.group("expression") : withoutSeparators(number);
      return new Candidate(m.start(), m.end(), wording, value(wording, m.group("percent") != null));
    }

    private static OptionalDouble value(String wording, boolean percent) {
      OptionalDouble plain = Arithmetic.evaluate(wording);
      return percent && plain.isPresent() ? OptionalDouble.of(plain.getAsDouble() / 100) : plain;
    }

    /** 1,234.5 and 1 234 lose their separators, a decimal comma becomes a point. */
    private static String withoutSeparators(String number) {
      String digits = GROUPING.matcher(number).replaceAll("").replace(',', '.');
      String shorter = digits.replaceFirst("^0+", "");
      return shorter.isEmpty() || shorter.startsWith(".") ? "0" + shorter : shorter;
    }

    FoundNumber found(String firstWording) {
      boolean decimal = wording.matches("-?\\d*\\.\\d+");
      return new FoundNumber(firstWording, value.orElseThrow(), decimal);
    }
  }
}
