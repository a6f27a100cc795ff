package ai.medr1.core.text.internal.jinja;

import ai.medr1.core.text.internal.jinja.Values.Dict;
import ai.medr1.core.text.internal.jinja.Values.Function;
import ai.medr1.core.text.internal.jinja.Values.Lazy;
import ai.medr1.core.text.internal.jinja.Values.None;
import ai.medr1.core.text.internal.jinja.Values.Range;
import ai.medr1.core.text.internal.jinja.Values.Tuple;
import ai.medr1.core.text.internal.jinja.Values.View;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/** The methods of Python's values; those that are known but not here are refused, not undefined. */
final class Methods {
  private static final Set<String> OF_TEXT =
      Set.of(
          "capitalize",
          "casefold",
          "center",
          "count",
          "encode",
          "endswith",
          "expandtabs",
          "find",
          "format",
          "format_map",
          "index",
          "isalnum",
          "isalpha",
          "isascii",
          "isdecimal",
          "isdigit",
          "isidentifier",
          "islower",
          "isnumeric",
          "isprintable",
          "isspace",
          "istitle",
          "isupper",
          "join",
          "ljust",
          "lower",
          "lstrip",
          "maketrans",
          "partition",
          "removeprefix",
          "removesuffix",
          "replace",
          "rfind",
          "rindex",
          "rjust",
          "rpartition",
          "rsplit",
          "rstrip",
          "split",
          "splitlines",
          "startswith",
          "strip",
          "swapcase",
          "title",
          "translate",
          "upper",
          "zfill");
  private static final Set<String> OF_DICT =
      Set.of(
          "clear",
          "copy",
          "fromkeys",
          "get",
          "items",
          "keys",
          "pop",
          "popitem",
          "setdefault",
          "update",
          "values");
  private static final Set<String> OF_LIST =
      Set.of(
          "append", "clear", "copy", "count", "extend", "index", "insert", "pop", "remove",
          "reverse", "sort");
  private static final Set<String> OF_NUMBER =
      Set.of(
          "as_integer_ratio",
          "bit_count",
          "bit_length",
          "conjugate",
          "denominator",
          "from_bytes",
          "fromhex",
          "hex",
          "imag",
          "is_integer",
          "numerator",
          "real",
          "to_bytes");
  private static final Set<String> OF_OTHERS =
      Set.of(
          "close",
          "gi_code",
          "gi_frame",
          "gi_running",
          "gi_suspended",
          "gi_yieldfrom",
          "send",
          "throw",
          "isdisjoint",
          "mapping",
          "start",
          "step",
          "stop",
          "count",
          "index",
          "name",
          "arguments",
          "caller",
          "catch_kwargs",
          "catch_varargs",
          "explicit_caller");

  private Methods() {}

  /** The method, null where Python has nothing of this name. */
  static @Nullable Function find(Python python, Object value, String name) {
    Function found =
        value instanceof String text
            ? ofText(text, name)
            : value instanceof Dict dict
                ? ofDict(dict, name)
                : value instanceof List || value instanceof Tuple ? ofSequence(value, name) : null;
    if (found == null && names(value).contains(name)) {
      throw new JinjaException(
          "the method ." + name + "() of a " + Python.typeName(value) + " is not supported");
    }
    return found;
  }

  private static Set<String> names(Object value) {
    if (value instanceof String) {
      return OF_TEXT;
    } else if (value instanceof Dict) {
      return OF_DICT;
    } else if (value instanceof List) {
      return OF_LIST;
    } else if (value instanceof Boolean || value instanceof Long || value instanceof Double) {
      return OF_NUMBER;
    }
    boolean others =
        value instanceof Tuple
            || value instanceof Lazy
            || value instanceof View
            || value instanceof Range
            || value instanceof Function;
    return others ? OF_OTHERS : Set.of();
  }

  private static @Nullable Function ofDict(Dict dict, String name) {
    return switch (name) {
      case "items", "keys", "values" ->
          (python, args) -> {
            args.bindPositional("." + name + "()");
            return new View(dict, name);
          };
      case "get" ->
          (python, args) -> {
            Args.Bound bound = args.bindPositional(".get()", "key", "default");
            Object found = dict.find(python, bound.get("key"));
            return found == null ? bound.get("default", None.NONE) : found;
          };
      case "copy" -> (python, args) -> Filters.dict(python, Args.NONE, dict);
      default -> null;
    };
  }

  private static @Nullable Function ofSequence(Object value, String name) {
    return switch (name) {
      case "count" ->
          (python, args) -> {
            Object item = args.bindPositional(".count()", "value").get("value");
            return python.list(value).stream()
                .filter(other -> other == item || PythonOrder.equal(python, other, item))
                .count();
          };
      case "index" ->
          (python, args) -> {
            Object item = args.bindPositional(".index()", "value").get("value");
            List<Object> items = python.list(value);
            for (int i = 0; i < items.size(); i++) {
              if (items.get(i) == item || PythonOrder.equal(python, items.get(i), item)) {
                return (long) i;
              }
            }
            throw new JinjaException(".index() does not find the value");
          };
      case "copy" -> value instanceof List ? (python, args) -> python.list(value) : null;
      default -> null;
    };
  }

  private static @Nullable Function ofText(String text, String name) {
    String shown = "." + name + "()";
    return switch (name) {
      case "strip", "lstrip", "rstrip" ->
          (python, args) ->
              strip(text, name, args.bindPositional(shown, "chars").optional("chars"));
      case "upper" -> plain(shown, () -> PythonText.upper(text));
      case "lower" -> plain(shown, () -> PythonText.lower(text));
      case "title" -> plain(shown, () -> PythonText.title(text));
      case "capitalize" -> plain(shown, () -> PythonText.capitalize(text));
      case "isspace" -> plain(shown, () -> !text.isEmpty() && PythonText.isBlank(text));
      case "isdigit", "isdecimal" -> plain(shown, () -> digits(text, shown));
      case "isalpha" -> plain(shown, () -> all(text, Character::isLetter));
      case "isalnum" ->
          plain(
              shown,
              () -> all(text, c -> Character.isLetter(c) || digits(Character.toString(c), shown)));
      case "isupper" -> plain(shown, () -> Tests.isUpper(text));
      case "islower" -> plain(shown, () -> Tests.isLower(text));
      case "startswith", "endswith" -> (python, args) -> startsOrEnds(python, text, name, args);
      case "split", "rsplit" -> (python, args) -> split(python, text, name.equals("rsplit"), args);
      case "splitlines" ->
          (python, args) -> {
            boolean keepEnds = python.truth(args.bind(shown, "keepends").get("keepends", false));
            python.chargeItems(text.length());
            return new ArrayList<Object>(PythonText.lines(text, keepEnds));
          };
      case "replace" ->
          (python, args) -> {
            Args.Bound bound = args.bindPositional(shown, "old", "new", "count");
            return replace(
                python, text, bound.text("old"), bound.text("new"), bound.integer("count", -1));
          };
      case "join" ->
          (python, args) ->
              join(python, text, args.bindPositional(shown, "iterable").get("iterable"));
      case "find", "rfind", "index", "rindex" -> (python, args) -> find(text, name, args);
      case "count" -> (python, args) -> count(text, args.bindPositional(shown, "sub").text("sub"));
      case "removeprefix", "removesuffix" ->
          (python, args) -> remove(text, name, args.bindPositional(shown, "affix").text("affix"));
      case "partition", "rpartition" ->
          (python, args) -> partition(text, name, args.bindPositional(shown, "sep").text("sep"));
      case "center", "ljust", "rjust" -> (python, args) -> pad(python, text, name, args);
      case "zfill" ->
          (python, args) ->
              zfill(python, text, args.bindPositional(shown, "width").integer("width", 0));
      case "format" -> (python, args) -> Formats.format(python, text, args);
      default -> null;
    };
  }

  private static Function plain(String name, java.util.function.Supplier<Object> action) {
    return (python, args) -> {
      args.bindPositional(name);
      python.charge(1);
      return action.get();
    };
  }

  static String strip(String text, String name, @Nullable Object characters) {
    String result = text;
    if (characters == null) {
      result = name.equals("rstrip") ? result : PythonText.lstrip(result);
      return name.equals("lstrip") ? result : PythonText.rstrip(result);
    }
    if (!(characters instanceof String set)) {
      throw new JinjaException("strip needs a text of characters");
    }
    result = name.equals("rstrip") ? result : PythonText.lstrip(result, set);
    return name.equals("lstrip") ? result : PythonText.rstrip(result, set);
  }

  private static boolean all(String text, IntPredicate condition) {
    return !text.isEmpty() && text.codePoints().allMatch(condition);
  }

  /** ASCII digits; whether others are digits, decimals or numerals differs, so they are refused. */
  private static boolean digits(String text, String method) {
    text.codePoints()
        .filter(c -> c > 127 && !Character.isLetter(c))
        .forEach(
            c -> {
              throw new JinjaException(
                  method + " of '" + Character.toString(c) + "' is not supported");
            });
    return all(text, c -> c >= '0' && c <= '9');
  }

  private static Object startsOrEnds(Python python, String text, String name, Args args) {
    Object affix = args.bindPositional("." + name + "()", "affix").get("affix");
    boolean starts = name.equals("startswith");
    for (Object one : affix instanceof Tuple tuple ? tuple.items() : List.of(affix)) {
      if (!(one instanceof String part)) {
        throw new JinjaException("." + name + "() needs a text or a tuple of texts");
      }
      python.charge(1);
      if (starts ? text.startsWith(part) : text.endsWith(part)) {
        return true;
      }
    }
    return false;
  }

  private static List<Object> split(Python python, String text, boolean fromRight, Args args) {
    Args.Bound bound = args.bind(fromRight ? ".rsplit()" : ".split()", "sep", "maxsplit");
    long most = bound.integer("maxsplit", -1);
    Object separator = bound.optional("sep");
    python.chargeItems(text.length());
    List<Object> parts = new ArrayList<>();
    long limit = most < 0 ? Long.MAX_VALUE : most;
    if (separator == null) {
      splitAtSpace(text, fromRight, limit, parts);
    } else {
      String sep = bound.text("sep", separator);
      if (sep.isEmpty()) {
        throw new JinjaException(".split() needs a separator that is not empty");
      }
      splitAt(text, sep, fromRight, limit, parts);
    }
    if (fromRight) {
      Collections.reverse(parts);
    }
    return parts;
  }

  private static void splitAt(
      String text, String separator, boolean fromRight, long limit, List<Object> parts) {
    String rest = text;
    int at = fromRight ? rest.lastIndexOf(separator) : rest.indexOf(separator);
    if (fromRight) {
      while (at >= 0 && parts.size() < limit) {
        parts.add(rest.substring(at + separator.length()));
        rest = rest.substring(0, at);
        at = rest.lastIndexOf(separator);
      }
      parts.add(rest);
      return;
    }
    int start = 0;
    while (at >= 0 && parts.size() < limit) {
      parts.add(text.substring(start, at));
      start = at + separator.length();
      at = text.indexOf(separator, start);
    }
    parts.add(text.substring(start));
  }

  private static void splitAtSpace(String text, boolean fromRight, long limit, List<Object> parts) {
    String rest = fromRight ? PythonText.rstrip(text) : PythonText.lstrip(text);
    while (!rest.isEmpty()) {
      if (parts.size() == limit) {
        parts.add(rest);
        return;
      }
      int at = fromRight ? rest.length() : 0;
      while (fromRight
          ? at > 0 && !PythonText.isSpace(rest.charAt(at - 1))
          : at < rest.length() && !PythonText.isSpace(rest.charAt(at))) {
        at += fromRight ? -1 : 1;
      }
      parts.add(fromRight ? rest.substring(at) : rest.substring(0, at));
      rest =
          fromRight
              ? PythonText.rstrip(rest.substring(0, at))
              : PythonText.lstrip(rest.substring(at));
    }
  }

  static String replace(Python python, String text, String old, String with, long count) {
    Python.Text out = python.text();
    long left = count < 0 ? Long.MAX_VALUE : count;
    if (old.isEmpty()) {
      int i = 0;
      while (i <= text.length()) {
        out.append(left-- > 0 ? with : "");
        int next = i < text.length() ? text.offsetByCodePoints(i, 1) : i + 1;
        out.append(text.substring(Math.min(i, text.length()), Math.min(next, text.length())));
        i = next;
      }
      return out.toString();
    }
    int start = 0;
    for (int at = text.indexOf(old); at >= 0 && left > 0; at = text.indexOf(old, start), left--) {
      out.append(text.substring(start, at)).append(with);
      start = at + old.length();
    }
    return out.append(text.substring(start)).toString();
  }

  private static String join(Python python, String separator, Object items) {
    Python.Text out = python.text();
    Iterator<Object> iterator = python.iterate(items);
    for (boolean first = true; iterator.hasNext(); first = false) {
      if (!(iterator.next() instanceof String part)) {
        throw new JinjaException(".join() needs texts only");
      }
      out.append(first ? "" : separator).append(part);
    }
    return out.toString();
  }

  private static Object find(String text, String name, Args args) {
    Args.Bound bound = args.bindPositional("." + name + "()", "sub");
    String sub = bound.text("sub");
    int at = name.startsWith("r") ? text.lastIndexOf(sub) : text.indexOf(sub);
    if (at < 0 && name.endsWith("index")) {
      throw new JinjaException("." + name + "() does not find the text");
    }
    return at < 0 ? -1L : (long) text.codePointCount(0, at);
  }

  private static Object count(String text, String sub) {
    if (sub.isEmpty()) {
      return PythonText.length(text) + 1L;
    }
    long count = 0;
    for (int at = text.indexOf(sub); at >= 0; at = text.indexOf(sub, at + sub.length())) {
      count++;
    }
    return count;
  }

  private static Object remove(String text, String name, String affix) {
    boolean prefix = name.equals("removeprefix");
    if (prefix ? text.startsWith(affix) : text.endsWith(affix)) {
      return prefix
          ? text.substring(affix.length())
          : text.substring(0, text.length() - affix.length());
    }
    return text;
  }

  private static Object partition(String text, String name, String separator) {
    if (separator.isEmpty()) {
      throw new JinjaException("." + name + "() needs a separator that is not empty");
    }
    boolean right = name.equals("rpartition");
    int at = right ? text.lastIndexOf(separator) : text.indexOf(separator);
    if (at < 0) {
      return right ? Tuple.of("", "", text) : Tuple.of(text, "", "");
    }
    return Tuple.of(text.substring(0, at), separator, text.substring(at + separator.length()));
  }

  private static Object pad(Python python, String text, String name, Args args) {
    Args.Bound bound = args.bindPositional("." + name + "()", "width", "fillchar");
    String fill = bound.text("fillchar", bound.get("fillchar", " "));
    if (PythonText.length(fill) != 1 || !bound.has("width")) {
      throw new JinjaException("." + name + "() needs a width and one character to fill with");
    }
    long missing = Math.max(0, bound.integer("width", 0) - PythonText.length(text));
    long width = missing + PythonText.length(text);
    long left =
        name.equals("ljust")
            ? 0
            : name.equals("rjust") ? missing : missing / 2 + (missing & width & 1);
    Object padding = PythonNumbers.multiply(python, fill, left);
    return PythonNumbers.add(
        python,
        PythonNumbers.add(python, padding, text),
        PythonNumbers.multiply(python, fill, missing - left));
  }

  private static Object zfill(Python python, String text, long width) {
    int sign = !text.isEmpty() && "+-".indexOf(text.charAt(0)) >= 0 ? 1 : 0;
    Object zeros =
        PythonNumbers.multiply(python, "0", Math.max(0, width - PythonText.length(text)));
    return PythonNumbers.add(
        python, PythonNumbers.add(python, text.substring(0, sign), zeros), text.substring(sign));
  }
}
