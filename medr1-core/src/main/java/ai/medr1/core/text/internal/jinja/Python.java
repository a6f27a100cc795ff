package ai.medr1.core.text.internal.jinja;

import ai.medr1.core.text.internal.jinja.Values.Dict;
import ai.medr1.core.text.internal.jinja.Values.Lazy;
import ai.medr1.core.text.internal.jinja.Values.Namespace;
import ai.medr1.core.text.internal.jinja.Values.None;
import ai.medr1.core.text.internal.jinja.Values.Range;
import ai.medr1.core.text.internal.jinja.Values.Tuple;
import ai.medr1.core.text.internal.jinja.Values.Undefined;
import ai.medr1.core.text.internal.jinja.Values.View;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Python's meaning of values, for one rendering: it counts steps, text and nesting against their
 * bounds. {@link PythonNumbers} calculates, {@link PythonOrder} compares.
 */
final class Python {
  private static final int MAX_DEPTH = 200;
  static final int MAX_TEXT = 1 << 24;
  private static final int MAX_RANGE = 100_000;

  private long budget = 1L << 26;
  private int depth;
  private int line;

  /** Says which line is being rendered, for errors. */
  void at(int newLine) {
    charge(1);
    line = newLine;
  }

  int line() {
    return line;
  }

  /** Counts items of lists that are made: they take more memory than a character. */
  void chargeItems(long count) {
    charge(16 * count);
  }

  /** Counts steps done or characters made. */
  void charge(long amount) {
    budget -= amount;
    if (budget < 0) {
      throw new JinjaException("it takes too many steps or makes too much text");
    }
  }

  /** Runs something that may nest. */
  <T> T nested(Supplier<T> action) {
    if (++depth > MAX_DEPTH) {
      throw new JinjaException("it nests deeper than " + MAX_DEPTH + " levels");
    }
    try {
      return action.get();
    } finally {
      depth--;
    }
  }

  /** A text under construction, of bounded length. */
  final class Text {
    private final StringBuilder text = new StringBuilder();

    Text append(String part) {
      charge(part.length());
      if (text.length() + part.length() > MAX_TEXT) {
        throw new JinjaException("it makes a text of more than " + MAX_TEXT + " characters");
      }
      text.append(part);
      return this;
    }

    @Override
    public String toString() {
      return text.toString();
    }
  }

  Text text() {
    return new Text();
  }

  // ---- kinds ----

  static String typeName(Object value) {
    return value instanceof String
        ? "str"
        : value instanceof Boolean
            ? "bool"
            : value instanceof Long
                ? "int"
                : value instanceof Double
                    ? "float"
                    : value instanceof List
                        ? "list"
                        : value instanceof View view
                            ? "dict_" + view.kind()
                            : value.getClass().getSimpleName();
  }

  static String described(Object value) {
    return value instanceof Undefined undefined
        ? "an undefined value (" + undefined.what() + ")"
        : typeName(value);
  }

  boolean truth(Object value) {
    if (value instanceof Boolean truth) {
      return truth;
    }
    if (value instanceof Double number) {
      return number != 0;
    }
    if (value instanceof Long number) {
      return number != 0;
    }
    if (value instanceof None || value instanceof Undefined) {
      return false;
    }
    return !hasLength(value) || length(value) > 0;
  }

  static boolean hasLength(Object value) {
    return value instanceof String
        || value instanceof List
        || value instanceof Tuple
        || value instanceof Dict
        || value instanceof View
        || value instanceof Range
        || value instanceof Undefined
        || value instanceof Loop;
  }

  long length(Object value) {
    if (value instanceof String text) {
      return PythonText.length(text);
    } else if (value instanceof List<?> list) {
      return list.size();
    } else if (value instanceof Tuple tuple) {
      return tuple.items().size();
    } else if (value instanceof Dict dict) {
      return dict.size();
    } else if (value instanceof View view) {
      return view.dict().size();
    } else if (value instanceof Range range) {
      return range.size();
    } else if (value instanceof Loop loop) {
      return loop.length();
    } else if (value instanceof Undefined) {
      return 0;
    }
    throw new JinjaException("a value of type " + typeName(value) + " has no length");
  }

  static boolean isIterable(Object value) {
    return hasLength(value) || value instanceof Lazy;
  }

  // ---- iteration ----

  Iterator<Object> iterate(Object value) {
    if (value instanceof Lazy lazy) {
      return lazy.items;
    } else if (value instanceof Range range) {
      return java.util.stream.LongStream.range(0, range.size())
          .mapToObj(i -> (Object) (range.start() + i * range.step()))
          .iterator();
    } else if (value instanceof String text) {
      charge(text.length());
      return text.codePoints().mapToObj(c -> (Object) Character.toString(c)).iterator();
    } else if (value instanceof Undefined) {
      return List.of().iterator();
    }
    return sequence(value).iterator();
  }

  static List<Object> sequence(Object value) {
    if (value instanceof List<?> list) {
      return uncheckedList(list);
    } else if (value instanceof Tuple tuple) {
      return tuple.items();
    } else if (value instanceof Dict dict) {
      return new View(dict, "keys").items();
    } else if (value instanceof View view) {
      return view.items();
    }
    throw new JinjaException("a value of type " + typeName(value) + " cannot be iterated");
  }

  @SuppressWarnings("unchecked")
  static List<Object> uncheckedList(List<?> list) {
    return (List<Object>) list;
  }

  List<Object> list(Object value) {
    List<Object> items = new ArrayList<>();
    Iterator<Object> iterator = iterate(value);
    while (iterator.hasNext()) {
      chargeItems(1);
      items.add(iterator.next());
    }
    return items;
  }

  /** A generator that begins its work when it is first read. */
  static Lazy lazy(Supplier<Iterator<Object>> start) {
    return new Lazy(
        new Iterator<>() {
          private @Nullable Iterator<Object> items;

          private Iterator<Object> items() {
            if (items == null) {
              items = start.get();
            }
            return items;
          }

          @Override
          public boolean hasNext() {
            return items().hasNext();
          }

          @Override
          public Object next() {
            if (!hasNext()) {
              throw new NoSuchElementException();
            }
            return items().next();
          }
        });
  }

  Range range(Args args) {
    Args.Bound bound = args.bindPositional("range()", "start", "stop", "step");
    long first = bound.integer("start", 0);
    if (!bound.has("start")) {
      throw new JinjaException("range() needs an argument");
    }
    Range range =
        bound.has("stop")
            ? new Range(first, bound.integer("stop", 0), bound.integer("step", 1))
            : new Range(0, first, 1);
    if (range.step() == 0
        || Math.abs(range.start()) > PythonNumbers.EXACT
        || Math.abs(range.stop()) > PythonNumbers.EXACT) {
      throw new JinjaException("range() has a step of 0 or is too large");
    }
    if (range.size() > MAX_RANGE) {
      throw new JinjaException("range() has more than " + MAX_RANGE + " numbers");
    }
    return range;
  }

  // ---- printing ----

  String str(Object value) {
    if (value instanceof String text) {
      return text;
    }
    return value instanceof Undefined ? "" : repr(value);
  }

  String repr(Object value) {
    Text out = text();
    repr(value, out);
    return out.toString();
  }

  private void repr(Object value, Text out) {
    if (value instanceof String text) {
      out.append(PythonText.repr(text));
    } else if (value instanceof Double number) {
      out.append(PythonNumbers.digits(number));
    } else if (value instanceof Boolean truth) {
      out.append(truth ? "True" : "False");
    } else if (value instanceof None) {
      out.append("None");
    } else if (value instanceof Undefined) {
      out.append("Undefined");
    } else if (value instanceof Long number) {
      out.append(number.toString());
    } else {
      nested(() -> reprContainer(value, out));
    }
  }

  private Text reprContainer(Object value, Text out) {
    if (value instanceof List<?> list) {
      return reprItems("[", uncheckedList(list), "]", out);
    } else if (value instanceof Tuple tuple) {
      return reprItems("(", tuple.items(), tuple.items().size() == 1 ? ",)" : ")", out);
    } else if (value instanceof View view) {
      return reprItems("dict_" + view.kind() + "([", view.items(), "])", out);
    } else if (value instanceof Range range) {
      return out.append("range(" + range.start() + ", " + range.stop())
          .append(range.step() == 1 ? ")" : ", " + range.step() + ")");
    } else if (value instanceof Dict dict) {
      String separator = "{";
      for (Map.Entry<Object, Object> entry : dict.stream().toList()) {
        repr(entry.getKey(), out.append(separator));
        repr(entry.getValue(), out.append(": "));
        separator = ", ";
      }
      return out.append(dict.size() == 0 ? "{}" : "}");
    }
    throw new JinjaException("printing a value of type " + typeName(value) + " is not supported");
  }

  private Text reprItems(String open, List<Object> items, String close, Text out) {
    out.append(open);
    for (int i = 0; i < items.size(); i++) {
      repr(items.get(i), i == 0 ? out : out.append(", "));
    }
    return out.append(close);
  }

  // ---- items and slices ----

  /** {@code value[index]} of a sequence; null where Python raises. */
  @Nullable Object item(Object value, Object index) {
    if (value instanceof Dict dict) {
      return index instanceof List || index instanceof Dict ? null : dict.find(this, index);
    }
    if (!(PythonNumbers.number(index) instanceof Long position)) {
      return null;
    }
    if (value instanceof String text) {
      charge(text.length());
      int at = position(position, PythonText.length(text));
      return at < 0 ? null : Character.toString(text.codePointAt(text.offsetByCodePoints(0, at)));
    }
    if (value instanceof Range range) {
      int at = position(position, range.size());
      return at < 0 ? null : (Object) (range.start() + at * range.step());
    }
    if (!(value instanceof List) && !(value instanceof Tuple)) {
      return null;
    }
    List<Object> items = sequence(value);
    int at = position(position, items.size());
    return at < 0 ? null : items.get(at);
  }

  /** The position from the start, or -1. */
  private static int position(long index, long size) {
    long at = index < 0 ? index + size : index;
    return at < 0 || at >= size ? -1 : (int) at;
  }

  /** {@code value[start:stop:step]}; a bound that is not given is None. */
  Object slice(Object value, Object start, Object stop, Object step) {
    if (value instanceof String text) {
      StringBuilder out = new StringBuilder();
      int[] points = text.codePoints().toArray();
      charge(points.length);
      positions(start, stop, step, points.length).forEach(i -> out.appendCodePoint(points[i]));
      return out.toString();
    }
    if (value instanceof List || value instanceof Tuple) {
      List<Object> items = sequence(value);
      chargeItems(items.size());
      List<Object> chosen = new ArrayList<>();
      positions(start, stop, step, items.size()).forEach(i -> chosen.add(items.get(i)));
      return value instanceof List ? chosen : new Tuple(chosen);
    }
    throw new JinjaException("a slice of " + described(value) + " is not supported");
  }

  private static List<Integer> positions(Object start, Object stop, Object step, int size) {
    long by = bound(step, 1);
    if (by == 0) {
      throw new JinjaException("the step of a slice is 0");
    }
    long least = by > 0 ? 0 : -1;
    long most = by > 0 ? size : size - 1;
    long from = clamp(bound(start, by > 0 ? 0 : Long.MAX_VALUE), size, least, most);
    long to =
        stop == None.NONE && by < 0 ? -1 : clamp(bound(stop, Long.MAX_VALUE), size, least, most);
    List<Integer> positions = new ArrayList<>();
    for (long i = from;
        by > 0 ? i < to : i > to;
        i += Math.max(-size - 1, Math.min(size + 1, by))) {
      positions.add((int) i);
    }
    return positions;
  }

  private static long clamp(long bound, int size, long least, long most) {
    long position = bound < 0 ? bound + size : bound;
    return Math.max(least, Math.min(most, position));
  }

  private static long bound(Object value, long otherwise) {
    if (value == None.NONE) {
      return otherwise;
    }
    if (PythonNumbers.number(value) instanceof Long integer) {
      return integer;
    }
    throw new JinjaException("the bounds of a slice are integers, found " + described(value));
  }

  // ---- attributes ----

  /** {@code value.name} as the sandbox of the reference finds it. */
  Object attribute(Object value, String name) {
    Object found = ownAttribute(value, name);
    if (found == null && value instanceof Dict dict) {
      found = dict.find(this, name);
    }
    return found == null ? missing(value, name) : found;
  }

  /** {@code value[index]} as the sandbox of the reference finds it. */
  Object subscript(Object value, Object index) {
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    }
    Object found = item(value, index);
    if (found == null && index instanceof String name) {
      found = ownAttribute(value, name);
    }
    return found == null ? missing(value, index) : found;
  }

  private @Nullable Object ownAttribute(Object value, String name) {
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    }
    if (name.startsWith("__")) {
      throw new JinjaException("the attribute '" + name + "' is not supported");
    }
    if (value instanceof Namespace namespace) {
      return namespace.attributes.get(name);
    }
    return value instanceof Loop loop ? loop.attribute(name) : Methods.find(this, value, name);
  }

  private static Undefined missing(Object value, Object name) {
    return new Undefined(
        "a value of type %s has nothing named %s"
            .formatted(typeName(value), name instanceof String s ? "'" + s + "'" : name));
  }
}
