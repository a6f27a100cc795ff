package ai.medr1.data.rows;

import ai.medr1.core.InputException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * One row of a file: values by the names of their columns. Numbers are texts as the file has them,
 * so that no digit is lost.
 *
 * @param object values: text, true or false, null, bytes, lists and objects of these
 * @param index in the file, counted from 0
 * @param line where it begins, counted from 1; 0 where the file has no lines or they do not count
 */
public record Row(ObjectNode object, Path file, int index, long line) {

  /** The place that errors name: {@code test.csv item 3 (line 5)}. */
  public String place() {
    return file + " item " + index + (line > 0 ? " (line " + line + ")" : "");
  }

  /** The names of the columns as the file has them. */
  public List<String> names() {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  /**
   * A name as it is compared: {@code " Choice A"}, {@code choice_a} and {@code Choice A} are the
   * same column.
   */
  public static String plain(String name) {
    return name.strip().replaceAll("[\\s_]+", "_").toLowerCase(Locale.ROOT);
  }

  /** The value of the first of these columns that is there and not null. */
  public Optional<JsonNode> value(List<String> columns) {
    Map<String, String> known = known();
    return columns.stream()
        .map(column -> known.get(plain(column)))
        .filter(name -> name != null && object.hasNonNull(name))
        .map(object::get)
        .findFirst();
  }

  /** Whether a column of one of these names is there, be it null. */
  public boolean has(List<String> columns) {
    Map<String, String> known = known();
    return columns.stream().anyMatch(column -> known.containsKey(plain(column)));
  }

  private Map<String, String> known() {
    Map<String, String> known = new HashMap<>();
    object.fieldNames().forEachRemaining(name -> known.putIfAbsent(plain(name), name));
    return known;
  }

  /** The text of the first of these columns that has one. */
  public Optional<String> text(List<String> columns) {
    return value(columns)
        .map(
            value ->
                textOf(value)
                    .orElseThrow(
                        () ->
                            new InputException(
                                "%s: '%s' must be a text, found %s"
                                    .formatted(place(), columns.get(0), brief(value)))));
  }

  /** A text, a number, true or false as a text; empty for anything else. */
  public static Optional<String> textOf(JsonNode value) {
    if (value.isBinary()) {
      return Optional.of(new String(bytes(value), StandardCharsets.UTF_8));
    }
    if (value.isBoolean()) {
      return Optional.of(value.booleanValue() ? "True" : "False");
    }
    return Optional.ofNullable(value.textValue());
  }

  /** The bytes of a value that holds some. */
  public static byte[] bytes(JsonNode value) {
    try {
      return value.binaryValue();
    } catch (java.io.IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A value in a message. */
  public static String brief(JsonNode value) {
    String text = value.toString();
    return text.length() <= 60 ? text : text.substring(0, 60) + "…";
  }
}
