package ai.medr1.data.internal.rows;

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
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;

/**
 * One row of a file: values by the names of their columns. Numbers are texts as the file has them,
 * so that no digit is lost.
 */
public final class Row {
  private static final Pattern BLANKS = Pattern.compile("[\\s_]+");

  /** Names are few, but every row has them, and every item asks for dozens. */
  private static final Map<String, String> PLAIN = new ConcurrentHashMap<>();

  private static final int MOST_PLAIN = 10_000;

  private final ObjectNode object;
  private final Path file;
  private final int index;
  private final long line;

  /** The names as the file has them by those that are compared. */
  private final Map<String, String> known = new HashMap<>();

  /**
   * A row.
   *
   * @param object values: text, true or false, null, bytes, lists and objects of these; not to be
   *     changed any more
   * @param index in the file, counted from 0
   * @param line where it begins, counted from 1; 0 where the file has no lines or they do not count
   */
  public Row(ObjectNode object, Path file, int index, long line) {
    this.object = object;
    this.file = file;
    this.index = index;
    this.line = line;
    object.fieldNames().forEachRemaining(name -> known.putIfAbsent(plain(name), name));
  }

  /** Where it was read. */
  public Path file() {
    return file;
  }

  /** Its place in the file, counted from 0. */
  public int index() {
    return index;
  }

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
    String plain = PLAIN.get(name);
    if (plain == null) {
      plain = BLANKS.matcher(name.strip()).replaceAll("_").toLowerCase(Locale.ROOT);
      if (PLAIN.size() < MOST_PLAIN) {
        PLAIN.put(name, plain);
      }
    }
    return plain;
  }

  /** The value of the first of these columns that is there and not null. */
  public Optional<JsonNode> value(List<String> columns) {
    return columns.stream()
        .map(column -> known.get(plain(column)))
        .filter(name -> name != null && object.hasNonNull(name))
        .map(object::get)
        .findFirst();
  }

  /** Whether a column of one of these names is there, be it null. */
  public boolean has(List<String> columns) {
    return columns.stream().anyMatch(column -> known.containsKey(plain(column)));
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
