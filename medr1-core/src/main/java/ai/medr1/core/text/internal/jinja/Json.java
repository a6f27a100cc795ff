package ai.medr1.core.text.internal.jinja;

import ai.medr1.core.text.internal.jinja.Values.Dict;
import ai.medr1.core.text.internal.jinja.Values.None;
import ai.medr1.core.text.internal.jinja.Values.Tuple;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The filter {@code tojson} as transformers defines it: Python's {@code json.dumps}. */
final class Json {
  private final Python python;
  private final Python.Text out;
  private final boolean ascii;
  private final boolean sorted;
  private final @Nullable String indent;
  private final String between;
  private final String afterKey;

  private Json(Python python, Args.Bound options) {
    this.python = python;
    this.out = python.text();
    this.ascii = python.truth(options.get("ensure_ascii", false));
    this.sorted = python.truth(options.get("sort_keys", false));
    Object indentation = options.optional("indent");
    this.indent =
        indentation == null || indentation instanceof String
            ? (String) indentation
            : (String) PythonNumbers.multiply(python, " ", options.integer("indent", 0));
    Object separators = options.optional("separators");
    List<Object> pair =
        separators == null ? List.of(indent == null ? ", " : ",", ": ") : python.list(separators);
    if (pair.size() != 2
        || !(pair.get(0) instanceof String item)
        || !(pair.get(1) instanceof String key)) {
      throw new JinjaException("the separators of tojson are two texts");
    }
    this.between = item;
    this.afterKey = key;
  }

  static String dumps(Python python, Object value, Args args) {
    Json json =
        new Json(python, args.bind("tojson", "ensure_ascii", "indent", "separators", "sort_keys"));
    json.write(value, "\n");
    return json.out.toString();
  }

  private void write(Object value, String newline) {
    if (value instanceof String text) {
      string(text);
    } else if (value instanceof Boolean
        || value instanceof Long
        || value instanceof Double
        || value instanceof None) {
      out.append(scalar(value));
    } else if (value instanceof List || value instanceof Tuple) {
      python.nested(() -> items(python.list(value), newline));
    } else if (value instanceof Dict dict) {
      python.nested(() -> entries(dict, newline));
    } else {
      throw new JinjaException("tojson cannot write a value of type " + Python.typeName(value));
    }
  }

  private static String scalar(Object value) {
    if (value instanceof Boolean truth) {
      return truth ? "true" : "false";
    } else if (value instanceof Double number) {
      return number.isInfinite()
          ? (number > 0 ? "Infinity" : "-Infinity")
          : PythonNumbers.digits(number);
    }
    return value == None.NONE ? "null" : value.toString();
  }

  private boolean items(List<Object> items, String newline) {
    if (items.isEmpty()) {
      out.append("[]");
      return true;
    }
    String inner = indent == null ? "" : newline + indent;
    out.append("[");
    for (int i = 0; i < items.size(); i++) {
      out.append(i == 0 ? "" : between).append(inner);
      write(items.get(i), inner);
    }
    out.append(indent == null ? "" : newline).append("]");
    return true;
  }

  private boolean entries(Dict dict, String newline) {
    if (dict.size() == 0) {
      out.append("{}");
      return true;
    }
    List<Map.Entry<Object, Object>> entries = new ArrayList<>(dict.stream().toList());
    if (sorted) {
      entries.sort(Map.Entry.comparingByKey(PythonOrder.order(python)));
    }
    String inner = indent == null ? "" : newline + indent;
    String separator = "{";
    for (Map.Entry<Object, Object> entry : entries) {
      out.append(separator).append(inner);
      string(key(entry.getKey()));
      write(entry.getValue(), append(inner));
      separator = between;
    }
    out.append(indent == null ? "" : newline).append("}");
    return true;
  }

  /** Writes what follows a key. */
  private String append(String inner) {
    out.append(afterKey);
    return inner;
  }

  private static String key(Object key) {
    if (key instanceof String text) {
      return text;
    }
    if (key instanceof Boolean
        || key instanceof Long
        || key instanceof Double
        || key instanceof None) {
      return scalar(key);
    }
    throw new JinjaException("tojson cannot write a key of type " + Python.typeName(key));
  }

  private void string(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int simple = "\"\\\n\r\t\b\f".indexOf(c);
      if (simple >= 0) {
        quoted.append('\\').append("\"\\nrtbf".charAt(simple));
      } else if (c < 0x20 || (ascii && c > 126)) {
        quoted.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        quoted.append(c);
      }
    }
    out.append(quoted.append('"').toString());
  }
}
