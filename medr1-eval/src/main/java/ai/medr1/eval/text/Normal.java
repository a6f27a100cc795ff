package ai.medr1.eval.text;

import java.text.Normalizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * A text without what does not count when answers are compared: SQuAD's normalisation (P. Rajpurkar
 * et al., SQuAD: 100,000+ Questions for Machine Comprehension of Text, EMNLP 2016), which puts
 * everything in lower case and removes punctuation, articles and blanks beyond one.
 *
 * <p>Deviations, since SQuAD's would make answers of different meaning equal or knows English
 * alone:
 *
 * <ul>
 *   <li>what belongs to a number or a finding stays: points and commas between digits, signs
 *       ({@code -3}, {@code her2+}), {@code <}, {@code >} and {@code %}; a comma before three
 *       digits goes, as in 1,000
 *   <li>an article that ends the text stays: {@code hepatitis a}
 *   <li>articles are removed from English texts alone
 *   <li>a text of nothing but marks, such as {@code +}, stays as it is
 *   <li>characters are brought into Unicode's form NFKC, digits of all scripts become 0 to 9, and
 *       punctuation of all scripts goes
 *   <li>a character of a script that puts no blanks between words, such as Chinese, is a token
 * </ul>
 *
 * @param tokens in order, none empty
 */
record Normal(List<String> tokens) {
  /** Python's {@code string.punctuation}, and what Unicode has beyond it. */
  private static final String MARKS = "[\\p{P}$+<=>^`|~]";

  private static final Pattern RAISED = Pattern.compile("(?<=\\d)(?=[⁰¹²³⁴-⁹])");
  private static final Pattern GROUPING = Pattern.compile("(?<=\\d)[,'’](?=\\d{3}(?!\\d))");

  /** Marks that mean something where they stand. */
  private static final Pattern KEPT =
      Pattern.compile(
          "(?<=\\d)[.,](?=\\d)" // 3.5
              + "|(?<![^\\s(])[-+](?=\\.?\\d)" // -3
              + "|(?<=[\\p{L}\\p{N}])[-+](?![\\p{L}\\p{N}])" // her2+
              + "|[<>](?==?\\s*[-+]?\\d)|(?<=[<>])=(?=\\s*[-+]?\\d)" // <5, >=5
              + "|(?<=\\d)\\^(?=\\d)" // 10^3
              + "|(?<=\\d)\\s?%");

  private static final Pattern MARK = Pattern.compile(MARKS);
  private static final Pattern ARTICLE = Pattern.compile("\\b(?:a|an|the)\\b(?=.*[\\p{L}\\p{N}])");

  /** Scripts that put no blanks between words. */
  private static final Pattern UNSPACED =
      Pattern.compile(
          "[\\p{IsHan}\\p{IsHiragana}\\p{IsKatakana}\\p{IsThai}\\p{IsLao}\\p{IsKhmer}\\p{IsMyanmar}]"
              + "\\p{M}*");

  Normal {
    tokens = List.copyOf(tokens);
  }

  /**
   * Of a text.
   *
   * @param english whether articles are English ones
   */
  static Normal of(String text, boolean english) {
    String lower = compatible(text).toLowerCase(Locale.ROOT).replace('−', '-');
    String bare = withoutMarks(GROUPING.matcher(lower).replaceAll(""));
    String words = english ? ARTICLE.matcher(bare).replaceAll(" ") : bare;
    List<String> tokens = split(UNSPACED.matcher(words).replaceAll(" $0 "));
    // A text of marks alone, such as +, means these marks.
    return new Normal(tokens.isEmpty() ? split(lower) : tokens);
  }

  /** NFKC with digits of all scripts as 0 to 9; a raised digit stays apart from the number. */
  static String compatible(String text) {
    String form = Normalizer.normalize(RAISED.matcher(text).replaceAll("^"), Normalizer.Form.NFKC);
    StringBuilder out = new StringBuilder();
    form.codePoints()
        .forEach(
            c ->
                out.appendCodePoint(
                    Character.getType(c) == Character.DECIMAL_DIGIT_NUMBER
                        ? '0' + Character.digit(c, 10)
                        : c));
    return out.toString();
  }

  /** Whether all letters are those of English, so that "a" may be an article. */
  static boolean looksEnglish(String text) {
    return compatible(text).codePoints().filter(Character::isLetter).allMatch(c -> c < 128);
  }

  private static String withoutMarks(String text) {
    StringBuilder out = new StringBuilder();
    var kept = KEPT.matcher(text);
    int from = 0;
    while (kept.find()) {
      out.append(MARK.matcher(text.substring(from, kept.start())).replaceAll(""));
      out.append(kept.group().strip());
      from = kept.end();
    }
    return out.append(MARK.matcher(text.substring(from)).replaceAll("")).toString();
  }

  private static List<String> split(String text) {
    List<String> tokens = new ArrayList<>();
    for (String token : text.split("[\\s\\p{Z}\\p{C}]+")) {
      if (!token.isEmpty()) {
        tokens.add(token);
      }
    }
    return tokens;
  }

  /** The tokens with one blank between them. */
  String text() {
    return String.join(" ", tokens);
  }

  boolean isEmpty() {
    return tokens.isEmpty();
  }
}
