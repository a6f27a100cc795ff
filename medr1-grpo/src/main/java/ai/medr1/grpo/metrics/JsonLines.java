package ai.medr1.grpo.metrics;

import ai.medr1.core.InputException;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * A file with one JSON object per line, each with its step; rows are on disk when append returns.
 */
final class JsonLines implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Writer writer;

  private JsonLines(Writer writer) {
    this.writer = writer;
  }

  /**
   * Opens a file for appending after it was cut back to a step.
   *
   * @param lastStep rows of later steps are dropped: a resumed run makes them again
   */
  static JsonLines open(Path file, long lastStep) {
    try {
      Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
      Files.write(temporary, read(file, lastStep).stream().map(JsonNode::toString).toList());
      Files.move(
          temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
      return new JsonLines(Files.newBufferedWriter(file, StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** The rows up to a step, none where there is no file. */
  static List<JsonNode> read(Path file, long lastStep) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
    for (int i = 0; i < lines.size(); i++) {
      try {
        JsonNode row = JSON.readTree(lines.get(i));
        if (row.path("step").asLong() <= lastStep) {
          rows.add(row);
        }
      } catch (JsonProcessingException e) {
        // The last line may have been cut off with the run that wrote it.
        if (i < lines.size() - 1) {
          throw new InputException(
              "%s:%d: not a JSON object; the run cannot be resumed unless the line is mended"
                  .formatted(file, i + 1),
              e);
        }
      }
    }
    return rows;
  }

  void append(JsonNode row) {
    try {
      writer.write(row + "\n");
      writer.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      writer.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
