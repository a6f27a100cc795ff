package ai.medr1.report;

import ai.medr1.core.JsonFile;
import ai.medr1.core.JsonLines;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads JSON of runs that may still be going: what is not there yet is empty. */
final class JsonFiles {
  private JsonFiles() {}

  /** A whole file, empty where there is none. */
  static Optional<JsonNode> tree(Path file) {
    return Files.isRegularFile(file) ? Optional.of(JsonFile.read(file)) : Optional.empty();
  }

  /** All rows of a file with one JSON object per line, none where there is no file. */
  static List<ObjectNode> rows(Path file) {
    return rows(file, Integer.MAX_VALUE);
  }

  /** The first rows of a file; a last line that is half written is left out. */
  static List<ObjectNode> rows(Path file, int most) {
    if (!Files.isRegularFile(file)) {
      return List.of();
    }
    try (Stream<ObjectNode> rows = JsonLines.read(file)) {
      return rows.limit(most).toList();
    }
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
