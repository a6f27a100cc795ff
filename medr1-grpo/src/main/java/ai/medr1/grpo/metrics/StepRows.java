package ai.medr1.grpo.metrics;

import ai.medr1.core.AtomicFile;
import ai.medr1.core.JsonLines;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/**
 * A file with one JSON object per line, each with its step; rows are on disk when append returns.
 */
final class StepRows implements AutoCloseable {
  private final Writer writer;

  private StepRows(Writer writer) {
    this.writer = writer;
  }

  /**
   * Opens a file for appending after it was cut back to a step.
   *
   * @param lastStep rows of later steps are dropped: a resumed run makes them again
   */
  static StepRows open(Path file, long lastStep) {
    try {
      List<String> kept = read(file, lastStep).stream().map(JsonNode::toString).toList();
      AtomicFile.write(file, temporary -> Files.write(temporary, kept));
      return new StepRows(Files.newBufferedWriter(file, StandardOpenOption.APPEND));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }

  /** The rows up to a step, none where there is no file. */
  static List<ObjectNode> read(Path file, long lastStep) {
    if (!Files.exists(file)) {
      return List.of();
    }
    try (Stream<ObjectNode> rows = JsonLines.read(file)) {
      return rows.filter(row -> row.path("step").asLong() <= lastStep).toList();
    }
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
