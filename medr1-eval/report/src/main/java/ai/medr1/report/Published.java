package ai.medr1.report;

import ai.medr1.core.InputException;
import ai.medr1.report.internal.figure.Grid;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Matrices of differences from a JSON file: {@code {"source": …, "NAME": {"names": […], "rows":
 * [[…]]}}}, rows trained on and columns tested on, in percentage points.
 *
 * @param matrices by name
 * @param notes the file's other texts, by name
 */
record Published(String name, Map<String, Grid> matrices, Map<String, String> notes)
    implements RunInput {

  static Published read(String name, Path file) {
    Map<String, Grid> matrices = new LinkedHashMap<>();
    Map<String, String> notes = new LinkedHashMap<>();
    JsonNode root = JsonFiles.tree(file).orElseThrow();
    root.properties()
        .forEach(
            entry -> {
              if (entry.getValue().has("names")) {
                matrices.put(entry.getKey(), matrix(file, entry.getKey(), entry.getValue()));
              } else if (entry.getValue().isTextual()) {
                notes.put(entry.getKey(), entry.getValue().asText());
              }
            });
    if (matrices.isEmpty()) {
      throw new InputException(
          file + ": expected an object of {\"names\": […], \"rows\": [[…]]}, found none in it");
    }
    return new Published(name, matrices, notes);
  }

  private static Grid matrix(Path file, String key, JsonNode node) {
    if (node.get("names").isEmpty()) {
      throw new InputException(
          "%s: names of %s must be a list of texts, found %s"
              .formatted(file, key, node.get("names")));
    }
    List<String> names = new ArrayList<>();
    node.get("names").forEach(n -> names.add(n.asText()));
    double[][] values = new double[names.size()][names.size()];
    for (int row = 0; row < names.size(); row++) {
      JsonNode cells = node.path("rows").path(row);
      if (cells.size() != names.size() || node.path("rows").size() != names.size()) {
        throw new InputException(
            "%s: %s has %d names, expected as many rows of as many values, found %d rows, of which row %d has %d"
                .formatted(
                    file, key, names.size(), node.path("rows").size(), row + 1, cells.size()));
      }
      for (int column = 0; column < names.size(); column++) {
        values[row][column] = value(file, key, cells.get(column));
      }
    }
    Grid matrix = Grid.generalization(names, names, values);
    if (!matrix.hasValues()) {
      throw new InputException("%s: %s has no values".formatted(file, key));
    }
    return matrix;
  }

  private static double value(Path file, String key, JsonNode cell) {
    boolean number = cell.isNumber() && Double.isFinite(cell.asDouble());
    if (!number && !cell.isNull()) {
      throw new InputException(
          "%s: %s has the value %s, expected numbers, or null where there is none"
              .formatted(file, key, cell));
    }
    return number ? cell.asDouble() : Double.NaN;
  }

  @Override
  public List<Example> examples() {
    return List.of();
  }

  @Override
  public Settings settings() {
    return Settings.NONE;
  }
}
