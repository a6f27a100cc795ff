package ai.medr1.grpo.reward;

import java.util.Locale;
import java.util.OptionalDouble;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Numbers written in LaTeX, as {@code $\frac{1}{2}$} or {@code \boxed{0.5}}: where math_verify
 * looks for them, and what they stand for. Read are fractions, roots, powers, products, {@code x =}
 * before the number, and per cent, degrees, common units and text after it.
 */
final class Latex {
  private static final String PERCENT = "\\\\?%|[Pp]ercent(?:age)?|[Pp]ct";
  private static final String NUMBER = "-?\\d+(?:[.,]\\d+)?";

  private static final String ENVIRONMENT =
      "(?:(?<!\\\\)\\$\\$(?:[^$]|\\$(?!\\$)){1,200}?(?<!\\\\)\\$\\$"
          + "|(?<!\\\\)\\\\\\[.{1,200}?\\\\\\]"
          + "|(?<![\\\\\\d])\\$(?:\\\\\\$|[^\\n$]){1,200}?(?<!\\\\)\\$"
          + "|(?<!\\\\)\\\\\\([^\\n]{1,200}?\\\\\\)"
          + "|\\s\\[[^\\n\\]\\[]{1,200}\\]\\s"
          + ("|-?\\\\frac\\{" + NUMBER + "\\}\\{" + NUMBER + "\\})")
          + ("(?:\\s*(?:" + PERCENT + "))?");

  /** One formula, or several ones that a list connects. */
  static final String FORMULA =
      "(?<latex>" + ENVIRONMENT + "(?:\\s*(?:,?and|,?or|,)\\s*" + ENVIRONMENT + "){0,5})";

  private static final String PLAIN = "[^{}]{0,200}+";

  // Braces in braces in braces; what does not fit the bounds is no box.
  private static final String BOX =
      "\\\\boxed\\s{0,9}\\{(?<content>" + inBraces(inBraces(PLAIN)) + ")\\}";

  private static final Pattern BOXES = Pattern.compile(BOX);

  /** A box, or several ones that are so near to each other that they count as a list. */
  static final String BOXED = "(?<latex>" + list(BOX.replace("?<content>", "?:")) + ")";

  private Latex() {}

  private static String inBraces(String inner) {
    return PLAIN + "(?:\\{" + inner + "\\}" + PLAIN + "){0,8}+";
  }

  private static String list(String box) {
    String far = "[^{}]{0,60}(?:\\b(?:and|or)\\b|[,;])[^{}]{0,60}";
    return box + "(?:(?:[^{}]{0,9}|" + far + ")" + box + "){0,5}";
  }

  /** What is between the delimiters, in lower case as math_verify compares texts. */
  static String wording(String found) {
    String content =
        BOXES.matcher(found).find()
            ? boxes(found)
            : found.strip().replaceAll("^\\[|\\]$|\\\\[\\[\\]()]|(?<!\\\\)\\$", " ");
    return content
        .replaceAll("\\\\\\$|\\\\[,;!]|\\\\q?quad\\b|\\\\(?:left|right|displaystyle)\\b|~", " ")
        .replaceAll("\\\\[dtc]frac", "\\\\frac")
        .replaceAll("\\\\(?:text|math)(?:normal|rm|bf|it)", "\\\\text")
        .replaceAll("(\\S\\s*)\\\\(?:text|mbox)\\{[^{}]*\\}\\s*$", "$1")
        .replaceAll("\\\\text\\{([^{}]*)\\}", "$1")
        .replaceAll("\\^(?:\\\\circ|\\{\\\\circ\\})", "")
        .replaceAll("([\\d}\\s])(?:[cmk]?m|k?g|l|cc|s|sec|min|h|hour|day|month|year)s?\\s*$", "$1")
        .strip()
        .replaceFirst("\\s*(?:" + PERCENT + ")$", "")
        .toLowerCase(Locale.ROOT);
  }

  private static String boxes(String found) {
    return BOXES
        .matcher(found)
        .results()
        .map(box -> box.group(1).strip())
        .distinct()
        .collect(Collectors.joining(" , "));
  }

  /** The number that a formula stands for; NaN for a letter, a list and all that is not read. */
  static double value(String found) {
    boolean percent = found.matches("(?s).*(?:" + PERCENT + ")[\\s$}\\])\\\\]*");
    OptionalDouble plain = Arithmetic.evaluate(arithmetic(wording(found)));
    return plain.orElse(Double.NaN) / (percent ? 100 : 1);
  }

  /** {@code 2\sqrt{9}} as {@code 2*((9)^(1/(2)))}, from the innermost braces outwards. */
  private static String arithmetic(String wording) {
    String before = "";
    String text =
        wording
            .replaceFirst("^(?:[a-z]\\s*(?:=|\\\\approx)\\s*|\\\\approx\\s*)+", "")
            .replaceAll("\\s*\\{,\\}", ",")
            .replaceAll("(?<=\\d),(?=\\d{3}(?!\\d))", "")
            .replaceFirst("^0+(?=\\d+$)", "")
            .replaceAll("\\\\(?:times|cdot)\\b|×", "*")
            .replaceAll("\\\\div\\b|÷", "/")
            .replaceAll("\\\\frac\\s?(\\d)\\s?(\\d)", "\\\\frac{$1}{$2}")
            .replaceAll("\\\\sqrt\\s?(\\d)", "\\\\sqrt{$1}");
    while (!text.equals(before)) {
      before = text;
      text =
          text.replaceAll("(\\d)\\s*\\\\sqrt", "$1*\\\\sqrt")
              .replaceAll("(\\d+)\\s*\\\\frac\\{([^{}]*)\\}\\{([^{}]*)\\}", "($1+($2)/($3))")
              .replaceAll("\\\\frac\\{([^{}]*)\\}\\{([^{}]*)\\}", "(($1)/($2))")
              .replaceAll("\\\\sqrt(?:\\[(\\d+)\\])\\{([^{}]*)\\}", "(($2)^(1/($1)))")
              .replaceAll("\\\\sqrt\\{([^{}]*)\\}", "(($1)^(1/2))")
              .replaceAll("\\^\\{([^{}]*)\\}", "^($1)");
    }
    return text;
  }
}
