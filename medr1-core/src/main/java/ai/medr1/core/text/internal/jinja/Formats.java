package ai.medr1.core.text.internal.jinja;

import ai.medr1.core.text.internal.jinja.Values.Dict;
import ai.medr1.core.text.internal.jinja.Values.Tuple;
import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;

/** The simple forms of Python's ways to format: {@code %}, {@code str.format}, {@code strftime}. */
final class Formats {
  private Formats() {}

  /** {@code format % values} with {@code %s}, {@code %d}, {@code %i}, {@code %r} and {@code %%}. */
  static String percent(Python python, String format, Object values) {
    List<Object> list = values instanceof Tuple tuple ? tuple.items() : List.of(values);
    Python.Text out = python.text();
    int used = 0;
    int start = 0;
    for (int at = format.indexOf('%'); at >= 0; at = format.indexOf('%', start)) {
      out.append(format.substring(start, at));
      char kind = at + 1 < format.length() ? format.charAt(at + 1) : 0;
      start = at + 2;
      if (kind == '%') {
        out.append("%");
      } else if ("sdir".indexOf(kind) < 0) {
        throw new JinjaException("only %s, %d, %i, %r and %% are supported in formats");
      } else if (used == list.size()) {
        throw new JinjaException("the format needs more values");
      } else {
        out.append(percent(python, kind, list.get(used++)));
      }
    }
    if (used < list.size() && !(values instanceof Dict) && !(values instanceof List)) {
      throw new JinjaException("the format does not use all values");
    }
    return out.append(format.substring(start)).toString();
  }

  private static String percent(Python python, char kind, Object value) {
    if (kind == 's') {
      return python.str(value);
    }
    if (kind == 'r') {
      return python.repr(value);
    }
    if (PythonNumbers.number(value) instanceof Long integer) {
      return integer.toString();
    }
    throw new JinjaException("an integer is expected in a format");
  }

  /** {@code format.format(…)} with {@code {}}, {@code {0}} and {@code {name}}. */
  static String format(Python python, String format, Args args) {
    Python.Text out = python.text();
    int automatic = 0;
    int i = 0;
    while (i < format.length()) {
      char c = format.charAt(i);
      if ((c == '{' || c == '}') && i + 1 < format.length() && format.charAt(i + 1) == c) {
        out.append(Character.toString(c));
        i += 2;
      } else if (c == '{') {
        int end = format.indexOf('}', i);
        String field = end < 0 ? "?" : format.substring(i + 1, end);
        out.append(python.str(field(field, automatic, args)));
        automatic =
            field.isEmpty() ? automatic + 1 : field.matches("\\d+") ? Integer.MIN_VALUE : automatic;
        i = end + 1;
      } else if (c == '}') {
        throw new JinjaException("a single '}' in a format");
      } else {
        int next = i + Character.charCount(format.codePointAt(i));
        out.append(format.substring(i, next));
        i = next;
      }
    }
    return out.toString();
  }

  private static Object field(String field, int automatic, Args args) {
    if (field.matches("[A-Za-z_]\\w*")) {
      Object value = args.named().get(field);
      if (value != null) {
        return value;
      }
    } else if (field.matches("\\d{0,3}")) {
      boolean mixed = field.isEmpty() ? automatic < 0 : automatic > 0;
      int index = field.isEmpty() ? automatic : Integer.parseInt(field);
      if (!mixed && index < args.positional().size()) {
        return args.positional().get(index);
      }
    }
    throw new JinjaException(
        ".format() has no value for '{" + field + "}', or this form is not supported");
  }

  /** {@code strftime} of the given time, in English. */
  static String time(LocalDateTime time, String format) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%') {
        out.append(c);
        continue;
      }
      boolean bare = format.startsWith("-", i + 1);
      i += bare ? 2 : 1;
      out.append(time(time, i < format.length() ? format.charAt(i) : 0, bare));
    }
    return out.toString();
  }

  private static String time(LocalDateTime time, char field, boolean bare) {
    if (field == '%' && !bare) {
      return "%";
    }
    String pattern =
        switch (field) {
          case 'd' -> bare ? "d" : "dd";
          case 'm' -> bare ? "M" : "MM";
          case 'H' -> bare ? "H" : "HH";
          case 'I' -> bare ? "h" : "hh";
          case 'M' -> bare ? "m" : "mm";
          case 'S' -> bare ? "s" : "ss";
          case 'j' -> bare ? "D" : "DDD";
          case 'y' -> bare ? "" : "uu";
          case 'Y' -> bare ? "" : "uuuu";
          case 'B' -> bare ? "" : "MMMM";
          case 'b', 'h' -> bare ? "" : "MMM";
          case 'A' -> bare ? "" : "EEEE";
          case 'a' -> bare ? "" : "EEE";
          case 'p' -> bare ? "" : "a";
          case 'F' -> bare ? "" : "uuuu-MM-dd";
          case 'T' -> bare ? "" : "HH:mm:ss";
          default -> "";
        };
    if (pattern.isEmpty()) {
      throw new JinjaException(
          "the field %" + (bare ? "-" : "") + field + " of strftime is not supported");
    }
    String text = DateTimeFormatter.ofPattern(pattern, Locale.US).format(time);
    return field == 'b' || field == 'h' ? text.substring(0, 3) : text;
  }
}
