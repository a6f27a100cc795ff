package ai.medr1.core.text;

/** White space as Python's {@code str} understands it, which the reference strips by. */
final class PythonSpace {
  private PythonSpace() {}

  static boolean isSpace(char c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || c == '\u0085';
  }

  static boolean isBlank(String text) {
    return text.chars().allMatch(c -> isSpace((char) c));
  }

  static String stripTrailing(String text) {
    int end = text.length();
    while (end > 0 && isSpace(text.charAt(end - 1))) {
      end--;
    }
    return text.substring(0, end);
  }

  static String strip(String text) {
    String left = stripTrailing(text);
    int start = 0;
    while (start < left.length() && isSpace(left.charAt(start))) {
      start++;
    }
    return left.substring(start);
  }
}
