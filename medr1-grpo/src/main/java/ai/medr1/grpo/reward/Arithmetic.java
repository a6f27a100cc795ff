package ai.medr1.grpo.reward;

import java.util.OptionalDouble;

/**
 * Computes {@code 1 + 2*(3 - 4)^2} with the rules of precedence of Python; {@code **} is {@code ^}.
 */
final class Arithmetic {
  private final String text;
  private int at;

  private Arithmetic(String text) {
    this.text = text;
  }

  /** The value, infinite or NaN where it is undefined; empty where this is no expression. */
  static OptionalDouble evaluate(String expression) {
    Arithmetic parser = new Arithmetic(expression.replace("**", "^"));
    try {
      double value = parser.sum();
      return parser.peek() == '\0' ? OptionalDouble.of(value) : OptionalDouble.empty();
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  private double sum() {
    double value = product();
    while (peek() == '+' || peek() == '-') {
      value += take() == '+' ? product() : -product();
    }
    return value;
  }

  private double product() {
    double value = signed();
    while (peek() == '*' || peek() == '/') {
      value = take() == '*' ? value * signed() : value / signed();
    }
    return value;
  }

  private double signed() {
    return switch (peek()) {
      case '-' -> -afterSign();
      case '+' -> afterSign();
      default -> power();
    };
  }

  private double afterSign() {
    take();
    return signed();
  }

  private double power() {
    double base = peek() == '(' ? parenthesized() : number();
    if (peek() != '^') {
      return base;
    }
    take();
    return Math.pow(base, signed());
  }

  private double parenthesized() {
    take();
    double value = sum();
    if (peek() != ')') {
      throw new NumberFormatException("a parenthesis is not closed");
    }
    take();
    return value;
  }

  private double number() {
    peek();
    int from = at;
    while (at < text.length() && (Character.isDigit(text.charAt(at)) || text.charAt(at) == '.')) {
      at++;
    }
    String digits = text.substring(from, at);
    if (digits.matches("0+[1-9]\\d*")) {
      throw new NumberFormatException("an integer has a leading zero, as in a date");
    }
    return Double.parseDouble(digits);
  }

  /** The next character that is no white space, {@code \0} at the end. */
  private char peek() {
    while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
      at++;
    }
    return at < text.length() ? text.charAt(at) : '\0';
  }

  private char take() {
    char taken = peek();
    at++;
    return taken;
  }
}
