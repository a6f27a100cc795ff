package ai.medr1.core.text;

import ai.medr1.core.InputException;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Prepares a chat template for Jinjava: applies Jinja2's white-space control to the source ({@code
 * trim_blocks}, {@code lstrip_blocks}, {@code -} and {@code +} signs, the newline at the end of the
 * file), so that Jinjava has nothing to strip, and leaves out comments. Jinjava's own options of
 * these names also strip blanks that follow text on the line of a block, which Jinja2 keeps.
 */
final class TemplateRewriter {
  private static final Pattern BEGIN = Pattern.compile("\\{[{%#]");
  private static final Pattern NEWLINE = Pattern.compile("\r\n|\r");
  private static final Pattern RAW_BEGIN = Pattern.compile("\\s*raw\\s*(-?)%}");
  private static final Pattern RAW_END = Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%}");
  private static final Pattern WORD = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern STRING =
      Pattern.compile("'(?:[^'\\\\]|\\\\.)*+'|\"(?:[^\"\\\\]|\\\\.)*+\"", Pattern.DOTALL);

  private final String source;
  private final String file;
  private final TemplateDialect dialect = new TemplateDialect();
  private final StringBuilder out = new StringBuilder();
  private int at;

  private TemplateRewriter(String source, String file) {
    this.source = source;
    this.file = file;
  }

  /**
   * The same template for Jinjava with its white-space options off.
   *
   * @param file names the template in errors
   * @throws InputException if the template uses what Jinjava would render differently
   */
  static String rewrite(String template, String file) {
    String source = NEWLINE.matcher(template).replaceAll("\n");
    if (source.endsWith("\n")) {
      source = source.substring(0, source.length() - 1);
    }
    return new TemplateRewriter(source, file).run();
  }

  private String run() {
    Matcher begin = BEGIN.matcher(source);
    while (begin.find(at)) {
      textBefore(begin.start());
      switch (begin.group()) {
        case "{#" -> comment();
        case "{{" -> expression();
        default -> blockOrRaw();
      }
    }
    literal(source.substring(at));
    return out.toString();
  }

  /** Writes text so that no brace of it can become part of a delimiter, be it with what follows. */
  private void literal(String text) {
    out.append(text.replace("{", "{{ '{' }}"));
  }

  /** Writes the text up to a delimiter and moves behind the delimiter and its sign. */
  private void textBefore(int begin) {
    String text = source.substring(at, begin);
    char sign = signAt(begin + 2);
    if (sign == '-') {
      text = PythonSpace.stripTrailing(text);
    } else if (sign != '+' && source.charAt(begin + 1) != '{') {
      text = withoutIndent(text);
    }
    literal(text);
    at = begin + (sign == 0 ? 2 : 3);
  }

  /** Removes blanks between the start of a line and a block; blanks behind anything else stay. */
  private String withoutIndent(String text) {
    int line = text.lastIndexOf('\n') + 1;
    boolean startsLine = line > 0 || at == 0 || source.charAt(at - 1) == '\n';
    return startsLine && PythonSpace.isBlank(text.substring(line)) ? text.substring(0, line) : text;
  }

  private char signAt(int index) {
    char c = index < source.length() ? source.charAt(index) : 0;
    return c == '-' || c == '+' ? c : 0;
  }

  private void comment() {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw error(at, "a comment is not closed");
    }
    char sign = end > at ? signAt(end - 1) : 0;
    at = end + 2;
    trimBehindBlock(sign);
  }

  private void trimBehindBlock(char sign) {
    if (sign == '-') {
      skipSpace();
    } else if (sign == 0 && source.startsWith("\n", at)) {
      at++;
    }
  }

  private void skipSpace() {
    while (at < source.length() && PythonSpace.isSpace(source.charAt(at))) {
      at++;
    }
  }

  private void expression() {
    int start = at;
    Code code = code("}}");
    check(start, () -> dialect.expression(code.tokens()));
    out.append("{{ ").append(code.text()).append(" }}");
    if (code.sign() == '-') {
      skipSpace();
    }
  }

  private void blockOrRaw() {
    Matcher raw = RAW_BEGIN.matcher(source).region(at, source.length());
    if (raw.lookingAt()) {
      at = raw.end();
      raw(raw.group(1).equals("-"));
    } else {
      block();
    }
  }

  private void raw(boolean stripped) {
    if (stripped) {
      skipSpace();
    }
    Matcher end = RAW_END.matcher(source);
    if (!end.find(at)) {
      throw error(at, "{% raw %} has no {% endraw %}");
    }
    textBefore(end.start());
    at = end.end();
    trimBehindBlock(end.group(2).isEmpty() ? 0 : end.group(2).charAt(0));
  }

  private void block() {
    int start = at;
    Code code = code("%}");
    check(start, () -> dialect.block(code.tokens()));
    out.append("{% ").append(code.text()).append(" %}");
    trimBehindBlock(code.sign());
  }

  /**
   * What stands between two delimiters.
   *
   * @param text the code, safe for Jinjava's simpler search for the closing delimiter
   * @param tokens words, strings and single characters
   * @param sign the sign before the closing delimiter, 0 for none
   */
  private record Code(String text, List<String> tokens, char sign) {}

  /** Reads up to the closing delimiter that is in no string and no bracket, and moves behind it. */
  private Code code(String close) {
    int start = at;
    StringBuilder text = new StringBuilder();
    List<String> tokens = new ArrayList<>();
    int depth = 0;
    while (at < source.length()) {
      char sign = signAt(at);
      int end = sign == 0 ? at : at + 1;
      if (depth == 0 && source.startsWith(close, end)) {
        at = end + close.length();
        return new Code(text.toString().trim(), tokens, sign);
      }
      String token = token();
      depth += depthChange(token);
      text.append(token).append(token.equals("}") ? " " : "");
      if (!PythonSpace.isBlank(token)) {
        tokens.add(token);
      }
      at += token.length();
    }
    throw error(start, "no closing " + close);
  }

  private String token() {
    Pattern pattern = "'\"".indexOf(source.charAt(at)) >= 0 ? STRING : WORD;
    Matcher matcher = pattern.matcher(source).region(at, source.length());
    return matcher.lookingAt() ? matcher.group() : source.substring(at, at + 1);
  }

  private static int depthChange(String token) {
    return switch (token) {
      case "(", "[", "{" -> 1;
      case ")", "]", "}" -> -1;
      default -> 0;
    };
  }

  private void check(int position, Runnable rule) {
    try {
      rule.run();
    } catch (TemplateDialect.Unsupported e) {
      throw error(
          position,
          e.feature() + " is not supported; simplify it or take the public checkpoint's template");
    }
  }

  private InputException error(int position, String reason) {
    long line = 1 + source.substring(0, position).chars().filter(c -> c == '\n').count();
    return new InputException(
        "the chat template in %s cannot be used, line %d: %s".formatted(file, line, reason));
  }
}
