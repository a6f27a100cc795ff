package ai.medr1.core.text.internal.jinja;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts a template into tokens, with the white-space control that transformers sets: {@code
 * trim_blocks}, {@code lstrip_blocks}, the signs {@code -} and {@code +}, no newline at the end.
 */
final class Lexer {
  private static final Pattern NEWLINE = Pattern.compile("\r\n|\r");
  private static final Pattern BEGIN = Pattern.compile("\\{[{%#]");
  private static final Pattern RAW =
      Pattern.compile("\\s*raw\\s*(-?)%}", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern END_RAW =
      Pattern.compile("\\{%([-+]?)\\s*endraw\\s*([-+]?)%}", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern FLOAT =
      Pattern.compile(
          "(?<!\\.)(?:\\d+_)*+\\d++(?:(?:\\.(?:\\d+_)*+\\d++)?[eE][+-]?(?:\\d+_)*+\\d++|\\.(?:\\d+_)*+\\d++)");
  private static final Pattern INTEGER =
      Pattern.compile(
          "0[bB](?:_?[01])++|0[oO](?:_?[0-7])++|0[xX](?:_?[0-9a-fA-F])++|[1-9](?:_?\\d)*+|0(?:_?0)*+");
  private static final Pattern NAME = Pattern.compile("\\w+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern OPERATOR =
      Pattern.compile("//|\\*\\*|==|!=|>=|<=|[-+/*%~\\[\\](){}><=.:|,;]");

  private final String source;
  private final List<Token> tokens = new ArrayList<>();
  private int at;
  private int line = 1;
  private int counted;

  private Lexer(String source) {
    this.source = source;
  }

  /**
   * The tokens, the last of type END.
   *
   * @throws JinjaException if something is not closed or no part of the language
   */
  static List<Token> tokens(String template) {
    String source = NEWLINE.matcher(template).replaceAll("\n");
    if (source.endsWith("\n")) {
      source = source.substring(0, source.length() - 1);
    }
    return new Lexer(source).run();
  }

  private List<Token> run() {
    Matcher begin = BEGIN.matcher(source);
    while (begin.find(at)) {
      data(begin.start());
      switch (begin.group()) {
        case "{#" -> comment();
        case "{{" -> code(TokenType.VARIABLE_BEGIN, TokenType.VARIABLE_END, "}}");
        default -> blockOrRaw();
      }
    }
    add(TokenType.DATA, source.substring(at));
    at = source.length();
    add(TokenType.END, "");
    return tokens;
  }

  /** The text up to a delimiter, stripped as the delimiter's sign says; moves behind the sign. */
  private void data(int begin) {
    String text = source.substring(at, begin);
    char sign = signAt(begin + 2);
    if (sign == '-') {
      text = PythonText.rstrip(text);
    } else if (sign != '+' && source.charAt(begin + 1) != '{') {
      text = withoutIndent(text);
    }
    add(TokenType.DATA, text);
    at = begin + (sign == 0 ? 2 : 3);
  }

  private String withoutIndent(String text) {
    int start = text.lastIndexOf('\n') + 1;
    boolean startsLine = start > 0 || at == 0 || source.charAt(at - 1) == '\n';
    return startsLine && PythonText.isBlank(text.substring(start))
        ? text.substring(0, start)
        : text;
  }

  private char signAt(int index) {
    char c = index < source.length() ? source.charAt(index) : 0;
    return c == '-' || c == '+' ? c : 0;
  }

  private void comment() {
    int end = source.indexOf("#}", at);
    if (end < 0) {
      throw error("a comment is not closed");
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
    while (at < source.length() && PythonText.isSpace(source.charAt(at))) {
      at++;
    }
  }

  private void blockOrRaw() {
    Matcher raw = RAW.matcher(source).region(at, source.length());
    if (!raw.lookingAt()) {
      code(TokenType.BLOCK_BEGIN, TokenType.BLOCK_END, "%}");
      return;
    }
    at = raw.end();
    if (!raw.group(1).isEmpty()) {
      skipSpace();
    }
    Matcher end = END_RAW.matcher(source);
    if (!end.find(at)) {
      throw error("{% raw %} has no {% endraw %}");
    }
    data(end.start());
    at = end.end();
    trimBehindBlock(end.group(2).isEmpty() ? 0 : end.group(2).charAt(0));
  }

  private void code(TokenType begin, TokenType end, String close) {
    add(begin, "");
    Deque<String> open = new ArrayDeque<>();
    while (true) {
      skipSpace();
      if (at >= source.length()) {
        throw error("no closing " + close);
      }
      if (open.isEmpty() && closes(end, close)) {
        return;
      }
      token(open);
    }
  }

  private boolean closes(TokenType end, String close) {
    char sign = signAt(at);
    boolean signFits = sign == '-' || (sign == '+' && end == TokenType.BLOCK_END);
    if (!source.startsWith(close, signFits ? at + 1 : at)) {
      return false;
    }
    add(end, "");
    at += close.length() + (signFits ? 1 : 0);
    if (end == TokenType.BLOCK_END) {
      trimBehindBlock(signFits ? sign : 0);
    } else if (sign == '-') {
      skipSpace();
    }
    return true;
  }

  private void token(Deque<String> open) {
    char c = source.charAt(at);
    if (c == '\'' || c == '"') {
      string(c);
      return;
    }
    String text = match(FLOAT);
    if (text != null) {
      add(TokenType.NUMBER, text, Double.valueOf(text.replace("_", "")));
    } else if ((text = match(INTEGER)) != null) {
      add(TokenType.NUMBER, text, integer(text.replace("_", "")));
    } else if ((text = match(NAME)) != null) {
      requireIdentifier(text);
      add(TokenType.NAME, text);
    } else if ((text = match(OPERATOR)) != null) {
      balance(open, text);
      add(TokenType.OPERATOR, text);
    } else {
      throw error("unexpected character '" + Character.toString(source.codePointAt(at)) + "'");
    }
    at += text.length();
  }

  private @org.jspecify.annotations.Nullable String match(Pattern pattern) {
    Matcher matcher =
        pattern.matcher(source).region(at, source.length()).useTransparentBounds(true);
    return matcher.lookingAt() ? matcher.group() : null;
  }

  private void requireIdentifier(String name) {
    if (!name.chars().allMatch(c -> c < 128) || Character.isDigit(name.charAt(0))) {
      throw error("'" + name + "' is no name of ASCII letters, digits and underscores");
    }
  }

  private long integer(String text) {
    try {
      return text.length() > 1 && Character.isLetter(text.charAt(1))
          ? Long.parseLong(text.substring(2), radix(text.charAt(1)))
          : Long.parseLong(text);
    } catch (NumberFormatException e) {
      throw new JinjaException(
          "the integer " + text + " has more than 64 bits, which is not supported", lineAt(at));
    }
  }

  private static int radix(char letter) {
    return switch (Character.toLowerCase(letter)) {
      case 'b' -> 2;
      case 'o' -> 8;
      default -> 16;
    };
  }

  private void balance(Deque<String> open, String operator) {
    switch (operator) {
      case "{" -> open.push("}");
      case "(" -> open.push(")");
      case "[" -> open.push("]");
      case "}", ")", "]" -> {
        if (open.isEmpty() || !open.pop().equals(operator)) {
          throw error("unexpected '" + operator + "'");
        }
      }
      default -> {}
    }
  }

  private void string(char quote) {
    int end = at + 1;
    while (end < source.length() && source.charAt(end) != quote) {
      end += source.charAt(end) == '\\' ? 2 : 1;
    }
    if (end >= source.length()) {
      throw error("a string is not closed");
    }
    add(TokenType.STRING, unescaped(source.substring(at + 1, end)));
    at = end + 1;
  }

  private String unescaped(String text) {
    StringBuilder out = new StringBuilder();
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i++);
      if (c != '\\') {
        out.append(c);
        continue;
      }
      char escape = text.charAt(i++);
      int simple = "\\'\"abfnrtv".indexOf(escape);
      if (simple >= 0) {
        out.append("\\'\"\u0007\b\f\n\r\t\u000b".charAt(simple));
      } else if (escape >= '0' && escape <= '7') {
        int end = i;
        while (end < text.length()
            && end < i + 2
            && text.charAt(end) >= '0'
            && text.charAt(end) <= '7') {
          end++;
        }
        out.append((char) Integer.parseInt(text.substring(i - 1, end), 8));
        i = end;
      } else if ("xuU".indexOf(escape) >= 0) {
        int end = i + (escape == 'x' ? 2 : escape == 'u' ? 4 : 8);
        out.appendCodePoint(codePoint(text, i, end));
        i = end;
      } else if (escape == 'N') {
        throw error("the escape \\N{…} is not supported");
      } else if (escape != '\n') {
        out.append('\\').append(escape);
      }
    }
    return out.toString();
  }

  private int codePoint(String text, int start, int end) {
    if (end <= text.length() && text.substring(start, end).matches("[0-9a-fA-F]+")) {
      long value = Long.parseLong(text.substring(start, end), 16);
      if (value <= Character.MAX_CODE_POINT && !(value >= 0xD800 && value <= 0xDFFF)) {
        return (int) value;
      }
    }
    throw error("a \\x, \\u or \\U escape is no character");
  }

  private void add(TokenType type, String text) {
    add(type, text, text);
  }

  private void add(TokenType type, String text, Object value) {
    if (type != TokenType.DATA || !text.isEmpty()) {
      tokens.add(new Token(type, text, value, lineAt(at)));
    }
  }

  private int lineAt(int position) {
    for (; counted < position; counted++) {
      line += source.charAt(counted) == '\n' ? 1 : 0;
    }
    return line;
  }

  private JinjaException error(String reason) {
    return new JinjaException(reason, lineAt(Math.min(at, source.length())));
  }
}
