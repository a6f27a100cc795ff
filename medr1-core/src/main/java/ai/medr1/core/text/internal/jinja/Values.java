package ai.medr1.core.text.internal.jinja;

import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The values of templates that Java has no class for. Texts are {@code String}, numbers {@code
 * Long} and {@code Double}, truth values {@code Boolean}, lists {@code List}; nothing else occurs.
 */
final class Values {
  private Values() {}

  /** Python's {@code None}. */
  enum None {
    NONE
  }

  /** What a name or key that is not there gives: prints as nothing, most uses of it are errors. */
  record Undefined(String what) {
    JinjaException error() {
      return new JinjaException(what);
    }
  }

  /** A name that is there for the reference but not here; any use is refused. */
  record Unavailable(String reason) {}

  record Tuple(List<Object> items) {
    static Tuple of(Object... items) {
      return new Tuple(List.of(items));
    }
  }

  /** {@code range(start, stop, step)}. */
  record Range(long start, long stop, long step) {
    long size() {
      long span = step > 0 ? stop - start : start - stop;
      return span <= 0 ? 0 : (span + Math.abs(step) - 1) / Math.abs(step);
    }
  }

  /** A dictionary in order of insertion; keys that are equal in Python are one key. */
  static final class Dict {
    private final Map<Object, Map.Entry<Object, Object>> entries = new LinkedHashMap<>();

    void put(Python python, Object key, Object value) {
      entries.merge(
          PythonOrder.key(python, key),
          Map.entry(key, value),
          (old, entry) -> Map.entry(old.getKey(), entry.getValue()));
    }

    @Nullable Object find(Python python, Object key) {
      Map.Entry<Object, Object> entry = entries.get(PythonOrder.key(python, key));
      return entry == null ? null : entry.getValue();
    }

    int size() {
      return entries.size();
    }

    Stream<Map.Entry<Object, Object>> stream() {
      return entries.values().stream();
    }
  }

  /** The keys, values or items of a dictionary. */
  record View(Dict dict, String kind) {
    List<Object> items() {
      return dict.stream().map(this::item).collect(Collectors.toList());
    }

    private Object item(Map.Entry<Object, Object> entry) {
      return switch (kind) {
        case "keys" -> entry.getKey();
        case "values" -> entry.getValue();
        default -> Tuple.of(entry.getKey(), entry.getValue());
      };
    }
  }

  /** A generator: can be read once, is always true, has no length. */
  static final class Lazy {
    final Iterator<Object> items;

    Lazy(Iterator<Object> items) {
      this.items = items;
    }
  }

  /** {@code namespace(…)}: the one value that templates change. */
  static final class Namespace {
    final Map<String, Object> attributes = new LinkedHashMap<>();
  }

  /** Something that can be called. */
  interface Function {
    Object call(Python python, Args args);
  }
}
