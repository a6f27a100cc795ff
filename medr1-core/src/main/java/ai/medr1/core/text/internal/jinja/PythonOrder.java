package ai.medr1.core.text.internal.jinja;

import ai.medr1.core.text.internal.jinja.Values.Dict;
import ai.medr1.core.text.internal.jinja.Values.Range;
import ai.medr1.core.text.internal.jinja.Values.Tuple;
import ai.medr1.core.text.internal.jinja.Values.Undefined;
import ai.medr1.core.text.internal.jinja.Values.View;
import java.math.BigDecimal;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;

/** What is equal, what comes first and what is in what, as Python has it. */
final class PythonOrder {
  private PythonOrder() {}

  /** What is equal for two keys exactly where Python takes them for one key. */
  static Object key(Python python, Object value) {
    python.charge(1);
    if (value instanceof Double number) {
      return number == Math.rint(number) && Math.abs(number) < PythonNumbers.EXACT
          ? (Object) number.longValue()
          : number;
    }
    if (PythonNumbers.number(value) instanceof Long integer) {
      return integer;
    }
    if (value instanceof Tuple tuple) {
      return python.nested(
          () -> new Tuple(tuple.items().stream().map(item -> key(python, item)).toList()));
    }
    if (value instanceof Undefined) {
      return Undefined.class;
    }
    if (value instanceof List
        || value instanceof Dict
        || value instanceof View
        || value instanceof Range) {
      throw new JinjaException("a value of type " + Python.typeName(value) + " cannot be a key");
    }
    return value;
  }

  static boolean equal(Python python, Object a, Object b) {
    python.charge(1);
    Number x = PythonNumbers.number(a);
    Number y = PythonNumbers.number(b);
    if (x != null && y != null) {
      return compareNumbers(x, y) == 0;
    }
    if (a instanceof String && b instanceof String) {
      return a.equals(b);
    }
    if (a instanceof List<?> left && b instanceof List<?> right) {
      return equalItems(python, Python.uncheckedList(left), Python.uncheckedList(right));
    }
    if (a instanceof Tuple left && b instanceof Tuple right) {
      return equalItems(python, left.items(), right.items());
    }
    if (a instanceof Dict left && b instanceof Dict right) {
      return python.nested(() -> equalDicts(python, left, right));
    }
    if (a instanceof Range left && b instanceof Range right) {
      return equalItems(python, python.list(left), python.list(right));
    }
    if (a instanceof View && b instanceof View) {
      throw new JinjaException("comparing the views of dictionaries is not supported");
    }
    return a == b || (a instanceof Undefined && b instanceof Undefined);
  }

  private static boolean equalItems(Python python, List<Object> a, List<Object> b) {
    return python.nested(
        () -> {
          boolean equal = a.size() == b.size();
          for (int i = 0; equal && i < a.size(); i++) {
            equal = same(python, a.get(i), b.get(i));
          }
          return equal;
        });
  }

  private static boolean equalDicts(Python python, Dict a, Dict b) {
    return a.size() == b.size()
        && a.stream()
            .allMatch(
                entry -> {
                  Object other = b.find(python, entry.getKey());
                  return other != null && same(python, entry.getValue(), other);
                });
  }

  /** Identical or equal, as containers compare their items. */
  private static boolean same(Python python, Object a, Object b) {
    return a == b || equal(python, a, b);
  }

  private static int compareNumbers(Number a, Number b) {
    if (a instanceof Long left && b instanceof Long right) {
      return Long.compare(left, right);
    }
    double left = a.doubleValue();
    double right = b.doubleValue();
    if (Double.isInfinite(left) || Double.isInfinite(right)) {
      return Double.compare(left, right);
    }
    return exact(a).compareTo(exact(b));
  }

  private static BigDecimal exact(Number number) {
    return number instanceof Long integer
        ? BigDecimal.valueOf(integer)
        : new BigDecimal(number.doubleValue());
  }

  /** {@code a < b}, {@code <=}, {@code >}, {@code >=}. */
  static boolean ordered(Python python, String operator, Object a, Object b) {
    python.charge(1);
    Number x = PythonNumbers.number(a);
    Number y = PythonNumbers.number(b);
    if (x != null && y != null) {
      return holds(operator, compareNumbers(x, y));
    }
    if (a instanceof String left && b instanceof String right) {
      return holds(operator, PythonText.compare(left, right));
    }
    boolean lists =
        (a instanceof List && b instanceof List) || (a instanceof Tuple && b instanceof Tuple);
    if (!lists) {
      throw new JinjaException(
          "'%s' cannot compare %s with %s"
              .formatted(operator, Python.described(a), Python.described(b)));
    }
    List<Object> left = Python.sequence(a);
    List<Object> right = Python.sequence(b);
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      if (!same(python, left.get(i), right.get(i))) {
        Object first = left.get(i);
        Object second = right.get(i);
        return python.nested(() -> ordered(python, operator, first, second));
      }
    }
    return holds(operator, Integer.compare(left.size(), right.size()));
  }

  private static boolean holds(String operator, int order) {
    return switch (operator) {
      case "<" -> order < 0;
      case "<=" -> order <= 0;
      case ">" -> order > 0;
      default -> order >= 0;
    };
  }

  /** The order of {@code sorted}. */
  static Comparator<Object> order(Python python) {
    return (a, b) -> ordered(python, "<", a, b) ? -1 : ordered(python, "<", b, a) ? 1 : 0;
  }

  static boolean contains(Python python, Object container, Object item) {
    if (container instanceof String text) {
      if (item instanceof String part) {
        python.charge(text.length());
        return text.contains(part);
      }
      throw new JinjaException("'in' looks for a text in a text, found " + Python.described(item));
    }
    if (container instanceof Dict dict) {
      return dict.find(python, item) != null;
    }
    if (container instanceof View view && view.kind().equals("keys")) {
      return view.dict().find(python, item) != null;
    }
    Iterator<Object> items = python.iterate(container);
    while (items.hasNext()) {
      if (same(python, items.next(), item)) {
        return true;
      }
    }
    return false;
  }
}
