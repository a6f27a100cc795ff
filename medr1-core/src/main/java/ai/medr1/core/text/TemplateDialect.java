package ai.medr1.core.text;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/**
 * The part of Jinja2 that Jinjava renders equally. Jinjava passes over some of the rest in silence
 * (unknown filters, conditions and {@code else} of loops) or does as Java does (methods of
 * strings), so what is not known to be equal is refused. Not seen here is how values print: Jinjava
 * writes {@code true} and nothing for {@code True} and {@code None}.
 */
final class TemplateDialect {
  private static final Set<String> TAGS =
      Set.of(
          "for",
          "endfor",
          "if",
          "elif",
          "else",
          "endif",
          "set",
          "endset",
          "break",
          "continue",
          "macro",
          "endmacro");
  private static final Set<String> FILTERS =
      Set.of("trim", "length", "count", "upper", "lower", "first", "last", "join", "default");
  private static final Set<String> TESTS =
      Set.of("string", "number", "mapping", "defined", "undefined", "none", "true", "false");

  /** The reference passes these; here they would silently be empty. */
  private static final Set<String> SPECIAL_TOKENS =
      Set.of("bos_token", "eos_token", "pad_token", "unk_token");

  private static final Set<String> METHODS = Set.of("items", "keys", "values", "get");

  private final Deque<String> open = new ArrayDeque<>();

  /** A feature that cannot be rendered. */
  static final class Unsupported extends RuntimeException {
    private static final long serialVersionUID = 1L;
    private final String feature;

    Unsupported(String feature) {
      super(feature);
      this.feature = feature;
    }

    String feature() {
      return feature;
    }
  }

  /** Checks the tokens of a {@code {% … %}}. */
  void block(List<String> tokens) {
    String tag = tokens.isEmpty() ? "" : tokens.get(0);
    if (!TAGS.contains(tag)) {
      throw new Unsupported("the tag {% " + tag + " %}");
    }
    switch (tag) {
      case "for" -> openLoop(tokens);
      case "if" -> open.push(tag);
      case "endfor", "endif" -> open.poll();
      case "else" -> checkElse();
      default -> {}
    }
    expression(tokens.subList(1, tokens.size()));
  }

  private void openLoop(List<String> tokens) {
    open.push("for");
    int depth = 0;
    for (String token : tokens) {
      depth += Set.of("(", "[", "{").contains(token) ? 1 : 0;
      depth -= Set.of(")", "]", "}").contains(token) ? 1 : 0;
      if (depth == 0 && token.equals("if")) {
        throw new Unsupported("a loop with a condition ({% for … if … %})");
      }
    }
  }

  private void checkElse() {
    if ("for".equals(open.peek())) {
      throw new Unsupported("{% else %} of a loop");
    }
  }

  /** Checks the tokens of a {@code {{ … }}}. */
  void expression(List<String> tokens) {
    for (int i = 0; i < tokens.size(); i++) {
      if (SPECIAL_TOKENS.contains(tokens.get(i))) {
        throw new Unsupported("the variable " + tokens.get(i));
      }
      switch (tokens.get(i)) {
        case "|" -> checkFilter(at(tokens, i + 1));
        case "is" -> checkTest(at(tokens, at(tokens, i + 1).equals("not") ? i + 2 : i + 1));
        case "(" -> checkCall(at(tokens, i - 2), at(tokens, i - 1));
        default -> {}
      }
    }
  }

  private static void checkFilter(String name) {
    if (!FILTERS.contains(name)) {
      throw new Unsupported("the filter '" + name + "'");
    }
  }

  private static void checkTest(String name) {
    if (!TESTS.contains(name)) {
      throw new Unsupported("the test 'is " + name + "'");
    }
  }

  private static void checkCall(String before, String called) {
    if (before.equals(".") && !METHODS.contains(called)) {
      throw new Unsupported("the method ." + called + "()");
    }
    if (called.matches("[\\])].*|['\"].*")) {
      throw new Unsupported("a call of something that has no name");
    }
  }

  private static String at(List<String> tokens, int index) {
    return index >= 0 && index < tokens.size() ? tokens.get(index) : "";
  }
}
