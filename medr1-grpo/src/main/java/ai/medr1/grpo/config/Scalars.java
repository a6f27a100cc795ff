package ai.medr1.grpo.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/** Single values of a configuration. */
final class Scalars {
  private Scalars() {}

  /**
   * The value, or empty where the text is none of this type.
   *
   * @throws InvalidPathException saying why a text is no path
   */
  static Optional<Object> parse(String text, Class<?> type) {
    try {
      if (type == int.class) {
        return Optional.of(Integer.parseInt(text));
      }
      if (type == long.class) {
        return Optional.of(Long.parseLong(text));
      }
      if (type == double.class || type == Double.class) {
        double number = Double.parseDouble(text);
        return Double.isFinite(number) ? Optional.of(number) : Optional.empty();
      }
      if (type == boolean.class) {
        return text.matches("true|false") ? Optional.of(Boolean.valueOf(text)) : Optional.empty();
      }
      if (type.isEnum()) {
        return constant(text, type);
      }
      return Optional.of(type == Path.class ? Path.of(text) : text);
    } catch (InvalidPathException e) {
      throw e;
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** What may stand there. */
  static String describe(Class<?> type) {
    if (type == int.class || type == long.class) {
      return "a whole number";
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    if (type == boolean.class) {
      return "true or false";
    }
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(c -> ((Enum<?>) c).name().toLowerCase(Locale.ROOT))
          .collect(Collectors.joining(", ", "one of ", ""));
    }
    return type == Path.class ? "a path" : "a text";
  }

  private static Optional<Object> constant(String text, Class<?> type) {
    String name = text.replace('-', '_');
    return Arrays.stream(type.getEnumConstants())
        .filter(c -> ((Enum<?>) c).name().equalsIgnoreCase(name))
        .map(c -> (Object) c)
        .findFirst();
  }
}
