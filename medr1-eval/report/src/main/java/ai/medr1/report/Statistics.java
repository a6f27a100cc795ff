package ai.medr1.report;

import ai.medr1.eval.Score;
import ai.medr1.report.internal.figure.Table;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** The statistics that an evaluation wrote down, as tables, whatever they are. */
final class Statistics {
  private Statistics() {}

  static void write(Page page, EvaluationRun run) {
    run.summary()
        .ifPresent(
            summary ->
                page.closed("All statistics, " + run.name(), () -> tables(page, "", summary)));
  }

  /** A table of the plain values of an object, and one for each object in it. */
  static void tables(Page page, String name, JsonNode object) {
    List<List<String>> plain = new ArrayList<>();
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      if (isPlain(entry.getValue())) {
        plain.add(List.of(words(entry.getKey()), value(entry.getValue())));
      }
    }
    if (!plain.isEmpty()) {
      page.table(name.isEmpty() ? "Values" : name, new Table(List.of("", "value"), plain));
    }
    for (Map.Entry<String, JsonNode> entry : object.properties()) {
      if (!isPlain(entry.getValue())) {
        String inner = name.isEmpty() ? words(entry.getKey()) : name + ", " + words(entry.getKey());
        if (isGrid(entry.getValue())) {
          page.table(inner, grid(entry.getValue()));
        } else {
          tables(page, inner, entry.getValue());
        }
      }
    }
  }

  private static boolean isPlain(JsonNode node) {
    return !node.isContainerNode() || (node.isArray() && !node.path(0).isContainerNode());
  }

  /** Whether an object or an array holds objects of plain values alone. */
  private static boolean isGrid(JsonNode node) {
    boolean grid = !node.isEmpty();
    for (JsonNode row : node) {
      grid &= row.isObject() && !row.isEmpty();
      for (JsonNode cell : row) {
        grid &= isPlain(cell);
      }
    }
    return grid;
  }

  private static Table grid(JsonNode node) {
    Set<String> columns = new LinkedHashSet<>();
    node.forEach(row -> row.fieldNames().forEachRemaining(columns::add));
    List<String> header = new ArrayList<>(List.of(""));
    columns.forEach(column -> header.add(words(column)));
    List<List<String>> rows = new ArrayList<>();
    if (node.isObject()) {
      node.properties().forEach(row -> rows.add(row(row.getKey(), row.getValue(), columns)));
    } else {
      node.forEach(row -> rows.add(row(String.valueOf(rows.size() + 1), row, columns)));
    }
    return new Table(header, rows);
  }

  private static List<String> row(String name, JsonNode values, Set<String> columns) {
    List<String> row = new ArrayList<>(List.of(name));
    columns.forEach(column -> row.add(value(values.path(column))));
    return row;
  }

  static String value(JsonNode value) {
    if (value.isMissingNode() || value.isNull()) {
      return "–";
    }
    if (value.isArray()) {
      List<String> values = new ArrayList<>();
      value.forEach(v -> values.add(value(v)));
      return String.join(", ", values);
    }
    return value.isFloatingPointNumber()
        ? String.format(Locale.ROOT, "%.4g", value.asDouble())
        : value.asText();
  }

  /** {@code byModality} as {@code by modality}; what is no key in Java's manner stays as it is. */
  private static String words(String key) {
    return key.matches("[a-z][A-Za-z0-9]*")
        ? key.replaceAll("(?<=[a-z0-9])(?=[A-Z])", " ").toLowerCase(Locale.ROOT)
        : key;
  }

  static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f", 100 * share);
  }

  static String interval(Score score) {
    return percent(score.low()) + " to " + percent(score.high());
  }
}
