package ai.medr1.core.text.internal.jinja;

import ai.medr1.core.text.internal.jinja.Values.Dict;
import ai.medr1.core.text.internal.jinja.Values.Function;
import ai.medr1.core.text.internal.jinja.Values.None;
import ai.medr1.core.text.internal.jinja.Values.Undefined;
import java.util.Set;

/** What can stand behind {@code is}. */
final class Tests {
  private static final Set<String> NAMES =
      Set.of(
          "defined",
          "undefined",
          "none",
          "true",
          "false",
          "boolean",
          "integer",
          "float",
          "number",
          "string",
          "mapping",
          "sequence",
          "iterable",
          "callable",
          "odd",
          "even",
          "divisibleby",
          "in",
          "eq",
          "==",
          "equalto",
          "ne",
          "!=",
          "lt",
          "<",
          "lessthan",
          "le",
          "<=",
          "gt",
          ">",
          "greaterthan",
          "ge",
          ">=",
          "lower",
          "upper",
          "sameas",
          "filter",
          "test");

  private Tests() {}

  static boolean has(String name) {
    return NAMES.contains(name);
  }

  static boolean test(Python python, String name, Object value, Args args) {
    return switch (name) {
      case "divisibleby" ->
          isZero(PythonNumbers.arithmetic(python, "%", value, operand(name, args)));
      case "in" -> PythonOrder.contains(python, operand(name, args), value);
      case "eq", "==", "equalto" -> PythonOrder.equal(python, value, operand(name, args));
      case "ne", "!=" -> !PythonOrder.equal(python, value, operand(name, args));
      case "lt", "<", "lessthan" -> PythonOrder.ordered(python, "<", value, operand(name, args));
      case "le", "<=" -> PythonOrder.ordered(python, "<=", value, operand(name, args));
      case "gt", ">", "greaterthan" -> PythonOrder.ordered(python, ">", value, operand(name, args));
      case "ge", ">=" -> PythonOrder.ordered(python, ">=", value, operand(name, args));
      case "sameas" -> isSame(value, operand(name, args));
      default -> {
        args.bindPositional("the test '" + name + "'");
        yield test(python, name, value);
      }
    };
  }

  private static Object operand(String name, Args args) {
    return args.bindPositional("the test '" + name + "'", "other").get("other");
  }

  private static boolean test(Python python, String name, Object value) {
    return switch (name) {
      case "defined" -> !(value instanceof Undefined);
      case "undefined" -> value instanceof Undefined;
      case "none" -> value == None.NONE;
      case "true" -> value instanceof Boolean truth && truth;
      case "false" -> value instanceof Boolean truth && !truth;
      case "boolean" -> value instanceof Boolean;
      case "integer" -> value instanceof Long;
      case "float" -> value instanceof Double;
      case "number" -> PythonNumbers.number(value) != null;
      case "string" -> value instanceof String;
      case "mapping" -> value instanceof Dict;
      case "sequence" ->
          Python.hasLength(value) && !(value instanceof Values.View) && !(value instanceof Loop);
      case "iterable" -> Python.isIterable(value);
      case "callable" -> value instanceof Function || value instanceof Undefined;
      case "odd" -> PythonOrder.equal(python, PythonNumbers.arithmetic(python, "%", value, 2L), 1L);
      case "even" -> isZero(PythonNumbers.arithmetic(python, "%", value, 2L));
      case "lower" -> isLower(python.str(value));
      case "upper" -> isUpper(python.str(value));
      case "filter" -> value instanceof String text && Filters.has(text);
      case "test" -> value instanceof String text && has(text);
      default -> throw new JinjaException("the test 'is " + name + "' is not supported");
    };
  }

  private static boolean isZero(Object number) {
    return number instanceof Number n && n.doubleValue() == 0;
  }

  /** Identity, which is only certain for what there is one of. */
  private static boolean isSame(Object a, Object b) {
    boolean single =
        a instanceof None || b instanceof None || a instanceof Boolean || b instanceof Boolean;
    if (!single) {
      throw new JinjaException("the test 'is sameas' is supported for true, false and none only");
    }
    return a.equals(b);
  }

  static boolean isLower(String text) {
    return text.codePoints().anyMatch(Character::isLowerCase)
        && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
  }

  static boolean isUpper(String text) {
    return text.codePoints().anyMatch(Character::isUpperCase)
        && text.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
  }
}
