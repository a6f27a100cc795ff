package ai.medr1.report;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Reads JSON of runs that may still be going: what is not there yet is empty. */
final class JsonFiles {
  private static final ObjectMapper JSON = new ObjectMapper();

  private JsonFiles() {}

  /** A whole file, empty where there is none. */
  static Optional<JsonNode> tree(Path file) {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    try {
      return Optional.of(JSON.readTree(file.toFile()));
    } catch (IOException e) {
      throw new InputException("cannot read " + file + ": " + IoReason.of(e), e);
    }
  }

  /** All rows of a file with one JSON object per line, none where there is no file. */
  static List<JsonNode> rows(Path file) {
    return rows(file, Integer.MAX_VALUE);
  }

  /** The first rows of a file; a last line that is half written is left out. */
  static List<JsonNode> rows(Path file, int most) {
    List<JsonNode> rows = new ArrayList<>();
    if (!Files.isRegularFile(file)) {
      return rows;
    }
    try (BufferedReader lines = reader(file)) {
      String line = lines.readLine();
      while (line != null && rows.size() < most) {
        String next = lines.readLine();
        row(file, rows.size() + 1, line, next == null).ifPresent(rows::add);
        line = next;
      }
      return rows;
    } catch (IOException e) {
      throw new InputException("cannot read " + file + ": " + IoReason.of(e), e);
    }
  }

  /** Reads on where a last line ends within a character. */
  private static BufferedReader reader(Path file) throws IOException {
    return new BufferedReader(
        new InputStreamReader(Files.newInputStream(file), StandardCharsets.UTF_8));
  }

  private static Optional<JsonNode> row(Path file, int number, String line, boolean last) {
    try {
      JsonNode row = JSON.readTree(line);
      if (row.isObject()) {
        return Optional.of(row);
      }
    } catch (JsonProcessingException e) {
      // answered below, unless somebody is still writing the line
    }
    if (last) {
      return Optional.empty();
    }
    throw new InputException(
        "%s:%d: expected a JSON object, found %.60s; mend the line or take it out"
            .formatted(file, number, line));
  }

  /** A text field, empty where it is missing or null. */
  static Optional<String> text(JsonNode node, String key) {
    return Optional.ofNullable(node.get(key)).filter(v -> !v.isNull()).map(JsonNode::asText);
  }

  /** A text field, or the texts of a list; nulls are left out. */
  static List<String> texts(JsonNode node, String key) {
    JsonNode value = node.path(key);
    List<String> texts = new ArrayList<>();
    (value.isArray() ? value : List.of(value))
        .forEach(text -> Optional.ofNullable(text.textValue()).ifPresent(texts::add));
    return texts;
  }
}
