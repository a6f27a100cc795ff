package ai.medr1.core.text.internal.jinja;

import ai.medr1.core.text.internal.jinja.Values.None;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of a call. */
record Args(List<Object> positional, Map<String, Object> named) {
  static final Args NONE = new Args(List.of(), Map.of());

  /** The arguments behind the first ones. */
  Args from(int count) {
    return new Args(positional.subList(count, positional.size()), named);
  }

  /**
   * Gives the arguments their names.
   *
   * @throws JinjaException if there are too many, or a name is not among these or is given twice
   */
  Bound bind(String function, String... names) {
    if (positional.size() > names.length) {
      throw new JinjaException(
          "%s takes %d arguments at most, found %d"
              .formatted(function, names.length, positional.size()));
    }
    Map<String, Object> values = new HashMap<>();
    for (int i = 0; i < positional.size(); i++) {
      values.put(names[i], positional.get(i));
    }
    for (Map.Entry<String, Object> argument : named.entrySet()) {
      if (!List.of(names).contains(argument.getKey()) || values.containsKey(argument.getKey())) {
        throw new JinjaException(
            function + " takes no (second) argument '" + argument.getKey() + "'");
      }
      values.put(argument.getKey(), argument.getValue());
    }
    return new Bound(function, values);
  }

  /** The same for what Python calls without names. */
  Bound bindPositional(String function, String... names) {
    if (!named.isEmpty()) {
      throw new JinjaException(function + " takes no named arguments");
    }
    return bind(function, names);
  }

  /** Arguments by name. */
  record Bound(String function, Map<String, Object> values) {
    Object get(String name) {
      Object value = values.get(name);
      if (value == null) {
        throw new JinjaException(function + " needs the argument '" + name + "'");
      }
      return value;
    }

    Object get(String name, Object otherwise) {
      return values.getOrDefault(name, otherwise);
    }

    boolean has(String name) {
      return values.containsKey(name);
    }

    /** The value, null where it is not given or None. */
    @Nullable Object optional(String name) {
      Object value = values.get(name);
      return value == None.NONE ? null : value;
    }

    String text(String name) {
      return text(name, get(name));
    }

    String text(String name, Object value) {
      if (value instanceof String text) {
        return text;
      }
      throw new JinjaException("the argument '%s' of %s is to be a text".formatted(name, function));
    }

    long integer(String name, long otherwise) {
      Object value = get(name, otherwise);
      if (value instanceof Boolean truth) {
        return truth ? 1 : 0;
      }
      if (value instanceof Long integer) {
        return integer;
      }
      throw new JinjaException(
          "the argument '%s' of %s is to be an integer".formatted(name, function));
    }
  }
}
