package ai.medr1.grpo.experiment;

import ai.medr1.core.AtomicFile;
import ai.medr1.core.InputException;
import ai.medr1.core.JsonFile;
import ai.medr1.eval.Score;
import ai.medr1.grpo.config.ExperimentConfig.Kind;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;

/**
 * {@code matrix.json}: where a study stands, for programs and pages. Accuracies and the ends of
 * their intervals are in [0, 1].
 */
public final class MatrixFile {
  /** Its name in the directory of the study. */
  public static final String NAME = "matrix.json";

  private static final String REMEDY = "; restore it, or begin anew in another directory";
  private static final ObjectMapper JSON = new ObjectMapper();

  private MatrixFile() {}

  /** Replaces the file as a whole. */
  static void write(Matrix matrix, Path file) {
    ObjectNode root = JSON.createObjectNode().put("kind", matrix.kind().toString());
    matrix.names().forEach(root.putArray("names")::add);
    matrix.variants().forEach(root.putArray("variants")::add);
    var cells = root.putArray("cells");
    matrix.cells().forEach(cell -> put(cells.addObject(), cell));
    var trainings = root.putArray("trainings");
    matrix.trainings().forEach(training -> put(trainings.addObject(), training));
    try {
      String text = JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root) + "\n";
      AtomicFile.write(file, text);
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void put(ObjectNode node, Cell cell) {
    node.put("variant", cell.variant())
        .put("row", cell.row().orElse(null))
        .put("column", cell.column())
        .put("state", cell.state().toString());
    Optional<Score> score = cell.score();
    node.put("n", score.map(Score::n).orElse(null))
        .put("right", score.map(Score::right).orElse(null))
        .put("accuracy", score.map(Score::accuracy).orElse(null))
        .put("low", score.map(Score::low).orElse(null))
        .put("high", score.map(Score::high).orElse(null))
        .put("seconds", cell.seconds())
        .put("dir", cell.dir())
        .put("error", cell.error().orElse(null));
  }

  private static void put(ObjectNode node, TrainedRow training) {
    node.put("variant", training.variant())
        .put("row", training.row())
        .put("state", training.state().toString())
        .put("seconds", training.seconds())
        .put("dir", training.dir())
        .put("checkpoint", training.checkpoint().orElse(null))
        .put("error", training.error().orElse(null));
  }

  /**
   * Reads the file.
   *
   * @throws InputException if it is not there or not in this form
   */
  public static Matrix read(Path file) {
    try {
      return matrix(JsonFile.read(file));
    } catch (InputException e) {
      throw new InputException(e.getMessage() + REMEDY, e);
    } catch (IllegalArgumentException e) {
      throw new InputException(
          "%s is no matrix of an experiment: %s%s".formatted(file, e.getMessage(), REMEDY), e);
    }
  }

  private static Matrix matrix(JsonNode root) {
    List<Cell> cells = new ArrayList<>();
    List<TrainedRow> trainings = new ArrayList<>();
    list(root, "cells").forEach(node -> cells.add(cell(node)));
    list(root, "trainings").forEach(node -> trainings.add(training(node)));
    return new Matrix(
        constant(Kind.class, root, "kind"),
        texts(list(root, "names")),
        texts(list(root, "variants")),
        trainings,
        cells);
  }

  private static Cell cell(JsonNode node) {
    State state = constant(State.class, node, "state");
    Optional<Score> score =
        state == State.DONE
            ? Optional.of(new Score(node.path("n").asInt(), node.path("right").asInt()))
            : Optional.empty();
    return new Cell(
        text(node, "variant"),
        optional(node, "row"),
        text(node, "column"),
        state,
        score,
        node.path("seconds").asDouble(),
        text(node, "dir"),
        optional(node, "error"));
  }

  private static TrainedRow training(JsonNode node) {
    return new TrainedRow(
        text(node, "variant"),
        text(node, "row"),
        constant(State.class, node, "state"),
        node.path("seconds").asDouble(),
        optional(node, "checkpoint"),
        optional(node, "error"));
  }

  private static String text(JsonNode node, String key) {
    return optional(node, key).orElseThrow(() -> new IllegalArgumentException(key + " is missing"));
  }

  private static Optional<String> optional(JsonNode node, String key) {
    return node.hasNonNull(key) ? Optional.of(node.get(key).asText()) : Optional.empty();
  }

  private static JsonNode list(JsonNode node, String key) {
    if (!node.path(key).isArray()) {
      throw new IllegalArgumentException("there is no list " + key);
    }
    return node.path(key);
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(node -> texts.add(node.asText()));
    return texts;
  }

  private static <E extends Enum<E>> E constant(Class<E> type, JsonNode node, String key) {
    String name = text(node, key);
    return EnumSet.allOf(type).stream()
        .filter(value -> value.toString().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("%s is '%s'".formatted(key, name)));
  }
}
