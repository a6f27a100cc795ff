package ai.medr1.core.text.internal.jinja;

import ai.medr1.core.text.internal.jinja.Values.Dict;
import ai.medr1.core.text.internal.jinja.Values.Lazy;
import ai.medr1.core.text.internal.jinja.Values.None;
import ai.medr1.core.text.internal.jinja.Values.Tuple;
import ai.medr1.core.text.internal.jinja.Values.Undefined;
import ai.medr1.core.text.internal.jinja.Values.View;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What can stand behind {@code |}. Filters that mark text as safe HTML are not here: they change
 * what follows.
 */
final class Filters {
  private static final Set<String> NAMES =
      Set.of(
          "abs",
          "attr",
          "batch",
          "capitalize",
          "center",
          "count",
          "d",
          "default",
          "dictsort",
          "first",
          "float",
          "format",
          "indent",
          "int",
          "items",
          "join",
          "last",
          "length",
          "list",
          "lower",
          "map",
          "max",
          "min",
          "reject",
          "rejectattr",
          "replace",
          "reverse",
          "round",
          "select",
          "selectattr",
          "slice",
          "sort",
          "string",
          "sum",
          "title",
          "tojson",
          "trim",
          "unique",
          "upper");
  private static final Pattern WORD_START =
      Pattern.compile("[-\\s({\\[<]+", Pattern.UNICODE_CHARACTER_CLASS);
  private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,18}");
  private static final Pattern FLOAT =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]{1,4})?");
  private static final Pattern ODD_NUMBER =
      Pattern.compile("(?i)[+-]?(inf|infinity|nan)|.*[0-9]_[0-9].*|[+-]?[0-9]{19,}");

  private Filters() {}

  static boolean has(String name) {
    return NAMES.contains(name);
  }

  static Object apply(Python python, String name, Object value, Args args) {
    String shown = "the filter '" + name + "'";
    return switch (name) {
      case "abs" -> only(args, shown, abs(python, value));
      case "attr" -> attribute(python, value, args.bind(shown, "name").get("name"));
      case "batch" -> batch(python, value, args.bind(shown, "linecount", "fill_with"));
      case "capitalize" -> only(args, shown, PythonText.capitalize(python.str(value)));
      case "center" -> center(python, value, args.bind(shown, "width"));
      case "count", "length" -> only(args, shown, python.length(value));
      case "d", "default" -> otherwise(python, value, args.bind(shown, "default_value", "boolean"));
      case "dictsort" ->
          dictsort(python, value, args.bind(shown, "case_sensitive", "by", "reverse"));
      case "first" -> only(args, shown, first(python.iterate(value), "the first item of nothing"));
      case "float" -> toFloat(value, args.bind(shown, "default").get("default", 0.0));
      case "format" -> format(python, value, args);
      case "indent" -> indent(python, value, args.bind(shown, "width", "first", "blank"));
      case "int" -> toInt(value, args.bind(shown, "default").get("default", 0L));
      case "items" -> items(args, shown, value);
      case "join" -> join(python, value, args.bind(shown, "d", "attribute"));
      case "last" -> only(args, shown, first(reversed(python, value), "the last item of nothing"));
      case "list" -> only(args, shown, python.list(value));
      case "lower" -> only(args, shown, PythonText.lower(python.str(value)));
      case "map" -> map(python, value, args);
      case "max", "min" ->
          extreme(python, value, name, args.bind(shown, "case_sensitive", "attribute"));
      case "reject", "select" -> select(python, value, args, 0, name.equals("select"));
      case "rejectattr", "selectattr" -> select(python, value, args, 1, name.equals("selectattr"));
      case "replace" -> replace(python, value, args.bind(shown, "old", "new", "count"));
      case "reverse" -> reverse(python, value, args, shown);
      case "round" -> round(python, value, args.bind(shown, "precision", "method"));
      case "slice" -> slice(python, value, args.bind(shown, "slices", "fill_with"));
      case "sort" ->
          sort(python, value, args.bind(shown, "reverse", "case_sensitive", "attribute"));
      case "string" -> only(args, shown, python.str(value));
      case "sum" -> sum(python, value, args.bind(shown, "attribute", "start"));
      case "title" -> only(args, shown, title(python.str(value)));
      case "tojson" -> Json.dumps(python, value, args);
      case "trim" ->
          Methods.strip(python.str(value), "strip", args.bind(shown, "chars").optional("chars"));
      case "unique" -> unique(python, value, args.bind(shown, "case_sensitive", "attribute"));
      case "upper" -> only(args, shown, PythonText.upper(python.str(value)));
      default -> throw new JinjaException(shown + " is not supported");
    };
  }

  private static Object only(Args args, String shown, Object result) {
    args.bind(shown);
    return result;
  }

  // ---- one value ----

  private static Object abs(Python python, Object value) {
    Object zero = PythonNumbers.arithmetic(python, "+", value, 0L);
    return PythonOrder.ordered(python, "<", zero, 0L)
        ? PythonNumbers.negate(python, zero)
        : zero instanceof Double d ? (Object) Math.abs(d) : zero;
  }

  private static Object attribute(Python python, Object value, Object name) {
    if (value instanceof Dict
        && name instanceof String key
        && Methods.find(python, value, key) == null) {
      return new Undefined("a dictionary has no attribute '" + key + "'");
    }
    return python.attribute(value, python.str(name));
  }

  private static Object center(Python python, Object value, Args.Bound bound) {
    Object method = Methods.find(python, python.str(value), "center");
    Args args = new Args(List.of(bound.get("width", 80L)), java.util.Map.of());
    return ((Values.Function) java.util.Objects.requireNonNull(method)).call(python, args);
  }

  private static Object otherwise(Python python, Object value, Args.Bound bound) {
    boolean replaced =
        value instanceof Undefined
            || (python.truth(bound.get("boolean", false)) && !python.truth(value));
    return replaced ? bound.get("default_value", "") : value;
  }

  private static Object toFloat(Object value, Object otherwise) {
    Number number = PythonNumbers.number(value);
    if (number != null) {
      return number.doubleValue();
    }
    if (value instanceof String text) {
      String trimmed = Methods.strip(text, "strip", null);
      if (FLOAT.matcher(trimmed).matches()) {
        return Double.valueOf(trimmed);
      }
      refuseOdd(trimmed);
    }
    return undefinedRefused(value, otherwise);
  }

  private static Object toInt(Object value, Object otherwise) {
    if (PythonNumbers.number(value) instanceof Long integer) {
      return integer;
    }
    if (value instanceof String text) {
      String trimmed = Methods.strip(text, "strip", null);
      if (INTEGER.matcher(trimmed).matches()) {
        return Long.valueOf(trimmed);
      }
      return toFloat(text, None.NONE) instanceof Double number
          ? truncated(number, otherwise)
          : otherwise;
    }
    return value instanceof Double number
        ? truncated(number, otherwise)
        : undefinedRefused(value, otherwise);
  }

  private static Object truncated(double number, Object otherwise) {
    if (Double.isNaN(number)) {
      return otherwise;
    }
    if (Math.abs(number) >= 1L << 62) {
      throw new JinjaException("integers of more than 62 bits are not supported here");
    }
    return (long) number;
  }

  private static Object undefinedRefused(Object value, Object otherwise) {
    if (value instanceof Undefined undefined) {
      throw undefined.error();
    }
    return otherwise;
  }

  private static void refuseOdd(String text) {
    if (ODD_NUMBER.matcher(text).matches()
        || text.chars().anyMatch(c -> c > 127 && Character.isDigit(c))) {
      throw new JinjaException("reading '" + text + "' as a number is not supported");
    }
  }

  private static Object format(Python python, Object value, Args args) {
    if (!args.named().isEmpty()) {
      throw new JinjaException("the filter 'format' is supported without named arguments");
    }
    return Formats.percent(python, python.str(value), new Tuple(args.positional()));
  }

  private static Object indent(Python python, Object value, Args.Bound bound) {
    Object width = bound.get("width", 4L);
    String indentation =
        width instanceof String text
            ? text
            : (String) PythonNumbers.multiply(python, " ", bound.integer("width", 4));
    boolean blank = python.truth(bound.get("blank", false));
    Python.Text out =
        python.text().append(python.truth(bound.get("first", false)) ? indentation : "");
    python.chargeItems(python.length(value));
    List<String> lines = PythonText.lines((String) PythonNumbers.add(python, value, "\n"), false);
    for (int i = 0; i < lines.size(); i++) {
      boolean indented = i > 0 && (blank || !lines.get(i).isEmpty());
      out.append(i > 0 ? "\n" : "").append(indented ? indentation : "").append(lines.get(i));
    }
    return out.toString();
  }

  private static Object replace(Python python, Object value, Args.Bound bound) {
    long count = bound.optional("count") == null ? -1 : bound.integer("count", -1);
    return Methods.replace(
        python,
        python.str(value),
        python.str(bound.get("old")),
        python.str(bound.get("new")),
        count);
  }

  private static Object round(Python python, Object value, Args.Bound bound) {
    long precision = bound.integer("precision", 0);
    String method = bound.text("method", bound.get("method", "common"));
    Number number = PythonNumbers.number(value);
    if (number == null
        || Math.abs(precision) > 15
        || !Set.of("common", "ceil", "floor").contains(method)) {
      throw new JinjaException("the filter 'round' cannot round this value so");
    }
    if (method.equals("common")) {
      return roundHalfEven(number, precision);
    }
    Object power = PythonNumbers.arithmetic(python, "**", 10L, precision);
    double scaled = ((Number) PythonNumbers.arithmetic(python, "*", number, power)).doubleValue();
    double rounded = method.equals("ceil") ? Math.ceil(scaled) : Math.floor(scaled);
    return PythonNumbers.arithmetic(python, "/", (long) rounded, power);
  }

  private static Object roundHalfEven(Number number, long precision) {
    BigDecimal exact =
        number instanceof Long
            ? BigDecimal.valueOf(number.longValue())
            : new BigDecimal(number.doubleValue());
    BigDecimal rounded = exact.setScale((int) precision, RoundingMode.HALF_EVEN);
    if (number instanceof Long) {
      return rounded.longValueExact();
    }
    return Math.copySign(rounded.doubleValue(), number.doubleValue());
  }

  /** Jinja's own title: words begin behind blanks, hyphens and opening brackets only. */
  private static String title(String text) {
    StringBuilder out = new StringBuilder();
    java.util.regex.Matcher matcher = WORD_START.matcher(text);
    int start = 0;
    while (matcher.find()) {
      out.append(word(text.substring(start, matcher.start()))).append(matcher.group());
      start = matcher.end();
    }
    return out.append(word(text.substring(start))).toString();
  }

  private static String word(String word) {
    int first = word.isEmpty() ? 0 : word.offsetByCodePoints(0, 1);
    return PythonText.upper(word.substring(0, first)) + PythonText.lower(word.substring(first));
  }

  // ---- sequences ----

  private static Object first(Iterator<Object> items, String what) {
    return items.hasNext() ? items.next() : new Undefined(what);
  }

  private static Iterator<Object> reversed(Python python, Object value) {
    if (value instanceof Lazy) {
      throw new JinjaException("a generator cannot be reversed; put |list before");
    }
    List<Object> items = python.list(value);
    Collections.reverse(items);
    return items.iterator();
  }

  private static Object reverse(Python python, Object value, Args args, String shown) {
    args.bind(shown);
    if (value instanceof String text) {
      return python.slice(text, None.NONE, None.NONE, -1L);
    }
    List<Object> items = python.list(value);
    Collections.reverse(items);
    return value instanceof Lazy ? items : new Lazy(items.iterator());
  }

  private static Object items(Args args, String shown, Object value) {
    args.bind(shown);
    if (value instanceof Undefined) {
      return new Lazy(List.of().iterator());
    }
    if (value instanceof Dict dict) {
      return new Lazy(new View(dict, "items").items().iterator());
    }
    throw new JinjaException("the filter 'items' needs a dictionary");
  }

  private static Object join(Python python, Object value, Args.Bound bound) {
    String separator = python.str(bound.get("d", ""));
    UnaryOperator<Object> getter = getter(python, bound.optional("attribute"), null);
    Python.Text out = python.text();
    Iterator<Object> items = python.iterate(value);
    for (boolean first = true; items.hasNext(); first = false) {
      out.append(first ? "" : separator).append(python.str(getter.apply(items.next())));
    }
    return out.toString();
  }

  private static Object batch(Python python, Object value, Args.Bound bound) {
    long size = bound.integer("linecount", 0);
    Object fill = bound.optional("fill_with");
    bound.get("linecount");
    return Python.lazy(
        () -> {
          List<Object> batches = new ArrayList<>();
          List<Object> batch = new ArrayList<>();
          for (Object item : python.list(value)) {
            if (batch.size() == size) {
              batches.add(batch);
              batch = new ArrayList<>();
            }
            batch.add(item);
          }
          if (!batch.isEmpty()) {
            fill(python, batch, fill, size);
            batches.add(batch);
          }
          return batches.iterator();
        });
  }

  private static void fill(Python python, List<Object> batch, @Nullable Object fill, long size) {
    while (fill != null && batch.size() < size) {
      python.chargeItems(1);
      batch.add(fill);
    }
  }

  private static Object slice(Python python, Object value, Args.Bound bound) {
    long slices = bound.integer("slices", 0);
    if (slices < 1) {
      throw new JinjaException("the filter 'slice' needs a number of slices");
    }
    Object fill = bound.optional("fill_with");
    return Python.lazy(
        () -> {
          List<Object> items = python.list(value);
          int size = (int) (items.size() / slices);
          int longer = (int) (items.size() % slices);
          List<Object> all = new ArrayList<>();
          for (int i = 0, at = 0; i < slices; i++) {
            int end = at + size + (i < longer ? 1 : 0);
            python.chargeItems(1);
            List<Object> part = new ArrayList<>(items.subList(at, end));
            if (fill != null && i >= longer) {
              part.add(fill);
            }
            all.add(part);
            at = end;
          }
          return all.iterator();
        });
  }

  private static Object map(Python python, Object value, Args args) {
    return Python.lazy(
        () -> {
          if (!python.truth(value)) {
            return List.of().iterator();
          }
          return mapped(python.iterate(value), mapping(python, args));
        });
  }

  private static UnaryOperator<Object> mapping(Python python, Args args) {
    if (args.positional().isEmpty() && args.named().containsKey("attribute")) {
      Args.Bound bound = args.bind("the filter 'map'", "attribute", "default");
      return getter(python, bound.optional("attribute"), bound.optional("default"));
    }
    if (args.positional().isEmpty() || !(args.positional().get(0) instanceof String name)) {
      throw new JinjaException("the filter 'map' needs the name of a filter, or attribute=");
    }
    return item -> apply(python, name, item, args.from(1));
  }

  private static Iterator<Object> mapped(Iterator<Object> items, UnaryOperator<Object> mapping) {
    return new Iterator<>() {
      @Override
      public boolean hasNext() {
        return items.hasNext();
      }

      @Override
      public Object next() {
        return mapping.apply(items.next());
      }
    };
  }

  private static Object select(Python python, Object value, Args args, int offset, boolean wanted) {
    return Python.lazy(
        () -> {
          if (!python.truth(value)) {
            return List.of().iterator();
          }
          if (args.positional().size() < offset) {
            throw new JinjaException("the name of an attribute is missing");
          }
          UnaryOperator<Object> getter =
              offset == 0 ? item -> item : getter(python, args.positional().get(0), null);
          Predicate<Object> condition = condition(python, args.from(offset));
          return selected(
              python.iterate(value), item -> condition.test(getter.apply(item)) == wanted);
        });
  }

  private static Predicate<Object> condition(Python python, Args args) {
    if (args.positional().isEmpty()) {
      return python::truth;
    }
    if (!(args.positional().get(0) instanceof String name)) {
      throw new JinjaException("the name of a test is a text");
    }
    return item -> Tests.test(python, name, item, args.from(1));
  }

  private static Iterator<Object> selected(Iterator<Object> items, Predicate<Object> condition) {
    return new Iterator<>() {
      private @Nullable Object next;

      @Override
      public boolean hasNext() {
        while (next == null && items.hasNext()) {
          Object item = items.next();
          next = condition.test(item) ? item : null;
        }
        return next != null;
      }

      @Override
      public Object next() {
        Object item = hasNext() ? next : null;
        if (item == null) {
          throw new NoSuchElementException();
        }
        next = null;
        return item;
      }
    };
  }

  private static Object unique(Python python, Object value, Args.Bound bound) {
    UnaryOperator<Object> key = key(python, bound);
    return Python.lazy(
        () -> {
          Set<Object> seen = new HashSet<>();
          return selected(
              python.iterate(value), item -> seen.add(PythonOrder.key(python, key.apply(item))));
        });
  }

  private static Object sum(Python python, Object value, Args.Bound bound) {
    UnaryOperator<Object> getter = getter(python, bound.optional("attribute"), null);
    Object total = bound.get("start", 0L);
    if (total instanceof String) {
      throw new JinjaException("the filter 'sum' cannot add texts");
    }
    Iterator<Object> items = python.iterate(value);
    while (items.hasNext()) {
      total = PythonNumbers.add(python, total, getter.apply(items.next()));
    }
    return total;
  }

  private static Object extreme(Python python, Object value, String name, Args.Bound bound) {
    UnaryOperator<Object> key = key(python, bound);
    List<Object> items = python.list(value);
    if (items.isEmpty()) {
      return new Undefined("an extreme of nothing");
    }
    Object best = items.get(0);
    Object bestKey = key.apply(best);
    for (Object item : items.subList(1, items.size())) {
      Object itemKey = key.apply(item);
      boolean better =
          name.equals("min")
              ? PythonOrder.ordered(python, "<", itemKey, bestKey)
              : PythonOrder.ordered(python, ">", itemKey, bestKey);
      best = better ? item : best;
      bestKey = better ? itemKey : bestKey;
    }
    return best;
  }

  private static Object sort(Python python, Object value, Args.Bound bound) {
    boolean sensitive = python.truth(bound.get("case_sensitive", false));
    Object attribute = bound.optional("attribute");
    List<UnaryOperator<Object>> getters = new ArrayList<>();
    for (Object part :
        attribute instanceof String text
            ? List.of(text.split(",", -1))
            : Collections.singletonList(attribute)) {
      getters.add(getter(python, part, null));
    }
    return sorted(
        python,
        python.list(value),
        item ->
            getters.stream()
                .map(g -> ignoreCase(g.apply(item), sensitive))
                .collect(Collectors.toList()),
        bound);
  }

  private static Object dictsort(Python python, Object value, Args.Bound bound) {
    boolean sensitive = python.truth(bound.get("case_sensitive", false));
    Object by = bound.get("by", "key");
    if (!(value instanceof Dict dict) || !(by.equals("key") || by.equals("value"))) {
      throw new JinjaException(
          "the filter 'dictsort' needs a dictionary, and 'key' or 'value' to sort by");
    }
    int position = by.equals("key") ? 0 : 1;
    return sorted(
        python,
        new View(dict, "items").items(),
        item -> ignoreCase(((Tuple) item).items().get(position), sensitive),
        bound);
  }

  private static List<Object> sorted(
      Python python, List<Object> items, UnaryOperator<Object> key, Args.Bound bound) {
    Comparator<Object> order = PythonOrder.order(python);
    Comparator<Object[]> byKey = (a, b) -> order.compare(a[0], b[0]);
    return items.stream()
        .map(item -> new Object[] {key.apply(item), item})
        .sorted(python.truth(bound.get("reverse", false)) ? byKey.reversed() : byKey)
        .map(pair -> pair[1])
        .collect(Collectors.toList());
  }

  private static UnaryOperator<Object> key(Python python, Args.Bound bound) {
    boolean sensitive = python.truth(bound.get("case_sensitive", false));
    UnaryOperator<Object> getter = getter(python, bound.optional("attribute"), null);
    return item -> ignoreCase(getter.apply(item), sensitive);
  }

  private static Object ignoreCase(Object value, boolean sensitive) {
    return !sensitive && value instanceof String text ? PythonText.lower(text) : value;
  }

  /** Reads an attribute such as {@code a.0.b}; without one the value itself. */
  private static UnaryOperator<Object> getter(
      Python python, @Nullable Object attribute, @Nullable Object otherwise) {
    if (attribute == null) {
      return item -> item;
    }
    List<Object> parts = new ArrayList<>();
    for (Object part :
        attribute instanceof String text ? List.of(text.split("\\.", -1)) : List.of(attribute)) {
      parts.add(
          part instanceof String text && text.matches("[0-9]{1,9}")
              ? (Object) Long.valueOf(text)
              : part);
    }
    return item -> {
      Object value = item;
      for (Object part : parts) {
        value = python.subscript(value, part);
        value = otherwise != null && value instanceof Undefined ? otherwise : value;
      }
      return value;
    };
  }

  /** {@code dict(…)}: of another dictionary, of pairs, of named arguments. */
  static Object dict(Python python, Args args, Object... first) {
    Dict dict = new Dict();
    List<Object> sources = new ArrayList<>(List.of(first));
    sources.addAll(args.positional());
    if (sources.size() > 1) {
      throw new JinjaException("dict() takes one argument and named ones");
    }
    for (Object source : sources) {
      List<Object> pairs =
          source instanceof Dict other ? new View(other, "items").items() : python.list(source);
      for (Object pair : pairs) {
        List<Object> both = python.list(pair);
        if (both.size() != 2) {
          throw new JinjaException("dict() needs pairs");
        }
        dict.put(python, both.get(0), both.get(1));
      }
    }
    args.named().forEach((key, value) -> dict.put(python, key, value));
    return dict;
  }
}
