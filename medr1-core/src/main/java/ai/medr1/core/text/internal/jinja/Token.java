package ai.medr1.core.text.internal.jinja;

/**
 * A piece of a template.
 *
 * @param text the source; of data and strings the value
 * @param value of numbers, else the text
 * @param line from 1
 */
record Token(TokenType type, String text, Object value, int line) {
  boolean is(TokenType expected, String expectedText) {
    return type == expected && text.equals(expectedText);
  }

  boolean isName(String name) {
    return is(TokenType.NAME, name);
  }

  boolean isOperator(String operator) {
    return is(TokenType.OPERATOR, operator);
  }

  String describe() {
    return switch (type) {
      case VARIABLE_END -> "}}";
      case BLOCK_END -> "%}";
      case END -> "the end of the template";
      default -> text;
    };
  }
}
