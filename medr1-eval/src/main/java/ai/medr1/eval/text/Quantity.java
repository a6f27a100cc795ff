package ai.medr1.eval.text;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A number or a range of numbers, with its unit. Read are signs, thousands separators ({@code
 * 1,000}, {@code 1 000}), decimal points and commas, exponents ({@code 1e-3}), English numerals to
 * twelve, and digits of all scripts. What bounds a number ({@code <5}) or is part of more ({@code
 * T2}, {@code 120/80}, {@code 5 x 3 cm}, dates) is no quantity.
 *
 * @param low the lower end; the number itself where it is no range
 * @param high the upper end
 * @param unit empty where none is told
 */
record Quantity(double low, double high, Optional<Unit> unit) {
  /** Of rounding, not of measuring. */
  private static final double ROUNDING = 1e-9;

  private static final Map<String, String> NUMERALS =
      Map.ofEntries(
          Map.entry("zero", "0"),
          Map.entry("one", "1"),
          Map.entry("two", "2"),
          Map.entry("three", "3"),
          Map.entry("four", "4"),
          Map.entry("five", "5"),
          Map.entry("six", "6"),
          Map.entry("seven", "7"),
          Map.entry("eight", "8"),
          Map.entry("nine", "9"),
          Map.entry("ten", "10"),
          Map.entry("eleven", "11"),
          Map.entry("twelve", "12"));

  private static final Pattern NUMERAL =
      Pattern.compile("(?i)\\b(?:" + String.join("|", NUMERALS.keySet()) + ")\\b");

  private static final String NUMBER =
      "(?:\\d{1,3}(?:[ ,'’.]\\d{3})+(?:[.,]\\d+)?|\\d+(?:[.,]\\d+)?|[.]\\d+)(?:[eE][-+]?\\d{1,3})?";
  private static final String SIGNED = "[-+]?" + NUMBER;
  private static final String TO = "\\s*(?:-|–|—|~|to|bis|至|到)\\s*";

  /** Scripts whose words are not parted from numbers. */
  private static final String UNSPACED = "\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}";

  private static final String WORD = "[\\p{L}&&[^" + UNSPACED + "]]+";
  private static final String UNIT =
      "(?<unit>%|‰|×|°\\s?(?:[cCfF](?!\\p{L}))?|/min"
          + "|(?i:mm\\s?hg|degrees (?:celsius|fahrenheit)|per (?:cent|mille)|beats per minute"
          + "|hounsfield units?|years?[ -](?:old|of age)|(?:sq|square|cubic) [a-z]+)"
          + ("|" + Unit.unspaced() + "|" + WORD + "(?:\\^?[23]|/[a-zA-Z]+)?)");

  /** A number that is no part of a word, a date, a quotient or a bound. */
  private static final Pattern QUANTITY =
      Pattern.compile(
          "(?<![-\\p{L}\\p{N}./^<>=≤≥±×*_&&[^"
              + UNSPACED
              + "]]|[<>=≤≥±×*]\\s|[xX]\\s)(?<low>"
              + SIGNED
              + ")(?![\\p{N}]|[.,]\\p{N})(?:(?:"
              + TO
              + ")(?<high>"
              + SIGNED
              + ")(?![\\p{N}]|[.,]\\p{N}))?(?:[\\s-]?"
              + UNIT
              + ")?");

  private static final Pattern MORE =
      Pattern.compile("^\\s?(?:[/*^±]|[x×]\\s?\\d|-\\d|\\.\\d)|^\\p{N}");

  private static final Pattern ABOUT =
      Pattern.compile(
          "^(?i:about|approximately|approx\\.?|around|roughly|circa|ca\\.|约|大约|[~≈])\\s*");

  /**
   * The quantity that a whole text is, as a right answer is one; empty where there are other words
   * than those of the unit.
   */
  static Optional<Quantity> exact(String text) {
    String plain = ABOUT.matcher(plain(text)).replaceFirst("").replaceFirst("[.。]$", "").strip();
    Matcher matcher = QUANTITY.matcher(plain);
    return matcher.matches() && (matcher.group("unit") == null || unit(matcher).isPresent())
        ? of(matcher)
        : Optional.empty();
  }

  /**
   * The quantity in an answer: the only one, however often it is told; empty where it has others.
   */
  static Optional<Quantity> read(String text) {
    Optional<Quantity> whole = exact(text);
    if (whole.isPresent()) {
      return whole;
    }
    String plain = plain(text);
    List<MatchResult> found = QUANTITY.matcher(plain).results().toList();
    Matcher matcher = QUANTITY.matcher(plain);
    Optional<Quantity> only = Optional.empty();
    for (MatchResult at : found) {
      matcher.find(at.start());
      if (MORE.matcher(plain.substring(end(matcher))).find()) {
        return Optional.empty();
      }
      Optional<Quantity> one = of(matcher);
      if (one.isEmpty() || only.filter(other -> !other.equals(one.get())).isPresent()) {
        return Optional.empty();
      }
      only = one;
    }
    return only;
  }

  /** Where the quantity ends: before a word that is no unit. */
  private static int end(Matcher matcher) {
    if (matcher.group("unit") != null && unit(matcher).isPresent()) {
      return matcher.end();
    }
    return matcher.group("high") != null ? matcher.end("high") : matcher.end("low");
  }

  private static String plain(String text) {
    String form = Normal.compatible(text.replace('\u202f', ' ')).replace('−', '-').strip();
    return NUMERAL
        .matcher(form)
        .replaceAll(word -> NUMERALS.getOrDefault(word.group().toLowerCase(Locale.ROOT), ""));
  }

  private static Optional<Unit> unit(Matcher matcher) {
    return Optional.ofNullable(matcher.group("unit")).flatMap(Unit::named);
  }

  private static Optional<Quantity> of(Matcher matcher) {
    double low = number(matcher.group("low"));
    double high = matcher.group("high") == null ? low : number(matcher.group("high"));
    return Double.isFinite(low) && low <= high && Double.isFinite(high)
        ? Optional.of(new Quantity(low, high, unit(matcher)))
        : Optional.empty();
  }

  /** The last mark is the decimal one, unless it stands before groups of three digits. */
  private static double number(String written) {
    String digits = written.replaceAll("[ '’]", "");
    int point = Math.max(digits.lastIndexOf('.'), digits.lastIndexOf(','));
    if (point >= 0) {
      char mark = digits.charAt(point);
      boolean other = digits.indexOf(mark == '.' ? ',' : '.') >= 0;
      boolean several = digits.indexOf(mark) != point;
      boolean grouped =
          mark == ',' && digits.matches("[-+]?[1-9]\\d{0,2},\\d{3}(?:[eE].*)?") && !other;
      digits =
          several || grouped
              ? digits.replace(String.valueOf(mark), "")
              : digits.replace(mark == '.' ? "," : ".", "").replace(',', '.');
    }
    return Double.parseDouble(digits);
  }

  boolean isRange() {
    return low != high;
  }

  /**
   * Whether an answer says this, the right one. Units of one dimension are converted; where one of
   * both has no unit, it is taken to have the other's, since questions often name it, and a
   * percentage may also be a plain share. A number within a right range is right; a range is right
   * if it has the right ends.
   *
   * @param tolerance share of the right number that an answer may be off
   */
  boolean admits(Quantity answer, double tolerance) {
    if (unit.isPresent() && answer.unit.isPresent()) {
      return unit.get().dimension().equals(answer.unit.get().dimension())
          && admits(answer, unit.get().factor(), answer.unit.get().factor(), tolerance);
    }
    boolean share = answer.unit.filter(u -> u.dimension().equals("share")).isPresent();
    return admits(answer, 1, 1, tolerance)
        || (share && admits(answer, 1, answer.unit.get().factor(), tolerance));
  }

  private boolean admits(Quantity answer, double mine, double its, double tolerance) {
    double from = answer.low * its;
    double to = answer.high * its;
    if (isRange() && !answer.isRange()) {
      return from >= low * mine - slack(low * mine, tolerance)
          && from <= high * mine + slack(high * mine, tolerance);
    }
    return near(from, low * mine, tolerance) && near(to, high * mine, tolerance);
  }

  private static boolean near(double found, double right, double tolerance) {
    return Math.abs(found - right) <= slack(right, tolerance);
  }

  private static double slack(double right, double tolerance) {
    return Math.max(tolerance, ROUNDING) * Math.abs(right);
  }
}
