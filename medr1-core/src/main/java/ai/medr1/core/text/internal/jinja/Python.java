package ai.medr1.core.text.internal.jinja;

import ai.medr1.core.text.internal.jinja.Values.Dict;
import ai.medr1.core.text.internal.jinja.Values.Lazy;
import ai.medr1.core.text.internal.jinja.Values.Namespace;
import ai.medr1.core.text.internal.jinja.Values.None;
import ai.medr1.core.text.internal.jinja.Values.Range;
import ai.medr1.core.text.internal.jinja.Values.Tuple;
import ai.medr1.core.text.internal.jinja.Values.Undefined;
import ai.medr1.core.text.internal.jinja.Values.View;
import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Python's meaning of values, for one rendering: it counts steps, text and nesting against their
 * bounds.
 */
final class Python {
  private static final int MAX_DEPTH = 200;
  private static final int MAX_TEXT = 1 << 24;
  private static final int MAX_RANGE = 100_000;
  private static final long EXACT = 1L << 53;

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

  /** Numbers as Python counts them: truth values are 0 and 1; null for what is no number. */
  static @Nullable Number number(Object value) {
    if (value instanceof Boolean truth) {
      return truth ? 1L : 0L;
    }
    return value instanceof Long || value instanceof Double ? (Number) value : null;
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

  private List<Object> sequence(Object value) {
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
  private static List<Object> uncheckedList(List<?> list) {
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
    if (range.step() == 0 || Math.abs(range.start()) > EXACT || Math.abs(range.stop()) > EXACT) {
      throw new JinjaException("range() has a step of 0 or is too large");
    }
    if (range.size() > MAX_RANGE) {
      throw new JinjaException("range() has more than " + MAX_RANGE + " numbers");
    }
    return range;
  }

  // ---- equality and order ----

  /** What is equal for two keys exactly where Python takes them for one key. */
  Object key(Object value) {
    charge(1);
    if (value instanceof Double number) {
      return number == Math.rint(number) && Math.abs(number) < EXACT
          ? (Object) number.longValue()
          : number;
    }
    if (number(value) instanceof Long integer) {
      return integer;
    }
    if (value instanceof Tuple tuple) {
      return nested(() -> new Tuple(tuple.items().stream().map(this::key).toList()));
    }
    if (value instanceof Undefined) {
      return Undefined.class;
    }
    if (value instanceof List
        || value instanceof Dict
        || value instanceof View
        || value instanceof Range) {
      throw new JinjaException("a value of type " + typeName(value) + " cannot be a key");
    }
    return value;
  }

  boolean equal(Object a, Object b) {
    charge(1);
    Number x = number(a);
    Number y = number(b);
    if (x != null && y != null) {
      return compareNumbers(x, y) == 0;
    }
    if (a instanceof String && b instanceof String) {
      return a.equals(b);
    }
    if (a instanceof List<?> left && b instanceof List<?> right) {
      return equalItems(uncheckedList(left), uncheckedList(right));
    }
    if (a instanceof Tuple left && b instanceof Tuple right) {
      return equalItems(left.items(), right.items());
    }
    if (a instanceof Dict left && b instanceof Dict right) {
      return nested(() -> equalDicts(left, right));
    }
    if (a instanceof Range left && b instanceof Range right) {
      return equalItems(list(left), list(right));
    }
    if (a instanceof View && b instanceof View) {
      throw new JinjaException("comparing the views of dictionaries is not supported");
    }
    return a == b || (a instanceof Undefined && b instanceof Undefined);
  }

  private boolean equalItems(List<Object> a, List<Object> b) {
    return nested(
        () -> {
          boolean equal = a.size() == b.size();
          for (int i = 0; equal && i < a.size(); i++) {
            equal = same(a.get(i), b.get(i));
          }
          return equal;
        });
  }

  private boolean equalDicts(Dict a, Dict b) {
    return a.size() == b.size()
        && a.stream()
            .allMatch(
                entry -> {
                  Object other = b.find(this, entry.getKey());
                  return other != null && same(entry.getValue(), other);
                });
  }

  /** Identical or equal, as containers compare their items. */
  private boolean same(Object a, Object b) {
    return a == b || equal(a, b);
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
  boolean ordered(String operator, Object a, Object b) {
    charge(1);
    Number x = number(a);
    Number y = number(b);
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
          "'%s' cannot compare %s with %s".formatted(operator, described(a), described(b)));
    }
    List<Object> left = sequence(a);
    List<Object> right = sequence(b);
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      if (!same(left.get(i), right.get(i))) {
        Object first = left.get(i);
        Object second = right.get(i);
        return nested(() -> ordered(operator, first, second));
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

  private static String described(Object value) {
    return value instanceof Undefined undefined
        ? "an undefined value (" + undefined.what() + ")"
        : typeName(value);
  }

  /** The order of {@code sorted}. */
  Comparator<Object> order() {
    return (a, b) -> ordered("<", a, b) ? -1 : ordered("<", b, a) ? 1 : 0;
  }

  boolean contains(Object container, Object item) {
    if (container instanceof String text) {
      if (item instanceof String part) {
        charge(text.length());
        return text.contains(part);
      }
      throw new JinjaException("'in' looks for a text in a text, found " + described(item));
    }
    if (container instanceof Dict dict) {
      return dict.find(this, item) != null;
    }
    if (container instanceof View view && view.kind().equals("keys")) {
      return view.dict().find(this, item) != null;
    }
    Iterator<Object> items = iterate(container);
    while (items.hasNext()) {
      if (same(items.next(), item)) {
        return true;
      }
    }
    return false;
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
      out.append(digits(number));
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

  /** The shortest digits that give the number again. */
  static String digits(double number) {
    if (Double.isInfinite(number)) {
      return number > 0 ? "inf" : "-inf";
    }
    if (number == 0) {
      return 1 / number < 0 ? "-0.0" : "0.0";
    }
    BigDecimal exact = new BigDecimal(Math.abs(number));
    BigDecimal shortest = exact;
    for (int digits = 1; digits <= 17; digits++) {
      shortest = exact.round(new MathContext(digits, RoundingMode.HALF_EVEN));
      if (shortest.doubleValue() == Math.abs(number)) {
        break;
      }
    }
    return (number < 0 ? "-" : "") + formatted(shortest.stripTrailingZeros());
  }

  private static String formatted(BigDecimal number) {
    String digits = number.unscaledValue().toString();
    int exponent = digits.length() - 1 - number.scale();
    if (exponent < -4 || exponent >= 16) {
      String fraction = digits.length() == 1 ? "" : "." + digits.substring(1);
      return digits.charAt(0)
          + fraction
          + (exponent < 0 ? "e-" : "e+")
          + (Math.abs(exponent) < 10 ? "0" : "")
          + Math.abs(exponent);
    }
    String plain = number.toPlainString();
    return plain.contains(".") ? plain : plain + ".0";
  }

  // ---- arithmetic ----

  Object add(Object a, Object b) {
    if (a instanceof String left && b instanceof String right) {
      return text().append(left).append(right).toString();
    }
    if ((a instanceof List && b instanceof List) || (a instanceof Tuple && b instanceof Tuple)) {
      List<Object> items = new ArrayList<>(sequence(a));
      items.addAll(sequence(b));
      chargeItems(items.size());
      return a instanceof List ? items : new Tuple(items);
    }
    return arithmetic("+", a, b);
  }

  Object multiply(Object a, Object b) {
    if (number(b) instanceof Long times && number(a) == null) {
      return repeat(a, times);
    }
    if (number(a) instanceof Long times && number(b) == null) {
      return repeat(b, times);
    }
    return arithmetic("*", a, b);
  }

  private Object repeat(Object value, long times) {
    if (value instanceof String text) {
      if (text.length() * (double) times > MAX_TEXT) {
        throw new JinjaException("it makes a text of more than " + MAX_TEXT + " characters");
      }
      charge(text.length() * Math.max(0, times));
      return text.repeat((int) Math.max(0, times));
    }
    if (!(value instanceof List) && !(value instanceof Tuple)) {
      throw new JinjaException("'*' cannot repeat " + described(value));
    }
    List<Object> items = sequence(value);
    if (items.size() * (double) times > MAX_TEXT) {
      throw new JinjaException("it makes a list of more than " + MAX_TEXT + " items");
    }
    chargeItems(items.size() * Math.max(0, times));
    List<Object> all = new ArrayList<>();
    for (long i = 0; i < times && !items.isEmpty(); i++) {
      all.addAll(items);
    }
    return value instanceof List ? all : new Tuple(all);
  }

  Object arithmetic(String operator, Object a, Object b) {
    Number left = number(a);
    Number right = number(b);
    if (left == null || right == null) {
      Object culprit = a instanceof Undefined || !(b instanceof Undefined) ? a : b;
      throw culprit instanceof Undefined undefined
          ? undefined.error()
          : new JinjaException(
              "'%s' cannot be applied to %s and %s"
                  .formatted(operator, described(a), described(b)));
    }
    if (left instanceof Long x && right instanceof Long y) {
      return integers(operator, x, y);
    }
    return floats(operator, left.doubleValue(), right.doubleValue());
  }

  private static Object integers(String operator, long a, long b) {
    try {
      return switch (operator) {
        case "+" -> (Object) Math.addExact(a, b);
        case "-" -> Math.subtractExact(a, b);
        case "*" -> Math.multiplyExact(a, b);
        case "//" -> exactFloorDivide(a, b);
        case "%" -> Math.floorMod(a, nonZero(b));
        case "/" -> divide(a, b);
        default -> power(a, b);
      };
    } catch (ArithmeticException e) {
      throw new JinjaException("integers of more than 64 bits are not supported");
    }
  }

  private static long exactFloorDivide(long a, long b) {
    return b == -1 ? Math.negateExact(a) : Math.floorDiv(a, nonZero(b));
  }

  private static long nonZero(long divisor) {
    if (divisor == 0) {
      throw new JinjaException("division by zero");
    }
    return divisor;
  }

  private static double divide(long a, long b) {
    if (Math.abs(a) > EXACT || Math.abs(b) > EXACT) {
      throw new JinjaException("dividing integers of more than 53 bits is not supported");
    }
    return (double) a / nonZero(b);
  }

  private static Object power(long a, long b) {
    if (b < 0) {
      return floats("**", (double) a, (double) b);
    }
    long result = 1;
    if (a == 0 || a == 1 || a == -1) {
      return a == 0 && b > 0 ? 0L : a == -1 && b % 2 == 1 ? -1L : 1L;
    }
    for (long i = 0; i < b; i++) {
      result = Math.multiplyExact(result, a);
    }
    return result;
  }

  private static Object floats(String operator, double a, double b) {
    boolean divides = operator.equals("/") || operator.equals("//") || operator.equals("%");
    if (divides && b == 0) {
      throw new JinjaException("division by zero");
    }
    double result =
        switch (operator) {
          case "+" -> a + b;
          case "-" -> a - b;
          case "*" -> a * b;
          case "/" -> a / b;
          case "//" -> floorDivide(a, b);
          case "%" -> floorModulo(a, b);
          default -> power(a, b);
        };
    if (Double.isNaN(result)) {
      throw new JinjaException("'" + operator + "' has no result that is a number");
    }
    return result;
  }

  private static double floorModulo(double a, double b) {
    double remainder = a % b;
    if (remainder != 0) {
      return (b < 0) != (remainder < 0) ? remainder + b : remainder;
    }
    return Math.copySign(0.0, b);
  }

  private static double floorDivide(double a, double b) {
    double quotient = (a - floorModulo(a, b)) / b;
    if (quotient == 0) {
      return Math.copySign(0.0, a / b);
    }
    double floor = Math.floor(quotient);
    return quotient - floor > 0.5 ? floor + 1 : floor;
  }

  private static double power(double a, double b) {
    double result = StrictMath.pow(a, b);
    if (Double.isInfinite(result) && !Double.isInfinite(a) && !Double.isInfinite(b)) {
      throw new JinjaException("a power is too large or divides by zero");
    }
    return result;
  }

  Object negate(Object value) {
    return number(value) instanceof Double number ? (Object) (-number) : arithmetic("-", 0L, value);
  }

  // ---- items and slices ----

  /** {@code value[index]} of a sequence; null where Python raises. */
  @Nullable Object item(Object value, Object index) {
    if (value instanceof Dict dict) {
      return index instanceof List || index instanceof Dict ? null : dict.find(this, index);
    }
    if (!(number(index) instanceof Long position)) {
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
    if (number(value) instanceof Long integer) {
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
