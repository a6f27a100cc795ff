package ai.medr1.eval.report;

import ai.medr1.core.InputException;
import ai.medr1.eval.Score;
import ai.medr1.eval.report.figure.Matrix;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * What {@code medr1 experiment} wrote to its directory.
 *
 * @param kind what rows and columns are: modality or task
 * @param names of rows and columns
 * @param variants in the order of the file
 * @param trainings those that the variants need
 * @param examples of the cells in which is tested what was trained on, all variants together
 */
record Experiment(
    String name,
    String kind,
    List<String> names,
    List<String> variants,
    List<Cell> cells,
    List<TrainedRow> trainings,
    List<Example> examples,
    Settings settings)
    implements RunInput {
  static final String FILE = "matrix.json";

  /** Rows of a cell that the gallery may choose from. */
  private static final int EXAMPLES_OF_A_CELL = 40;

  /**
   * A model tested on a split.
   *
   * @param row what was trained on; empty for the untrained model
   * @param column what was tested on
   * @param state waiting, running, done or failed
   * @param score empty until it is done
   * @param seconds that it took, NaN until it is done
   * @param directory of the evaluation
   * @param error empty unless it failed
   */
  record Cell(
      String variant,
      Optional<String> row,
      String column,
      String state,
      Optional<Score> score,
      double seconds,
      Path directory,
      Optional<String> error) {

    /** Whether it is tested on what it was trained on. */
    boolean home() {
      return row.filter(column::equals).isPresent();
    }

    private static Cell of(JsonNode node, Path experiment) {
      int n = node.path("n").asInt();
      Optional<Score> score =
          n > 0 ? Optional.of(score(n, node.path("right").asInt(), experiment)) : Optional.empty();
      return new Cell(
          node.path("variant").asText(),
          JsonFiles.text(node, "row"),
          node.path("column").asText(),
          node.path("state").asText("waiting"),
          score,
          node.path("seconds").asDouble(Double.NaN),
          experiment.resolve(node.path("dir").asText()),
          JsonFiles.text(node, "error"));
    }

    private static Score score(int n, int right, Path experiment) {
      if (right < 0 || right > n) {
        throw damaged(experiment, "a cell with %d of %d items right".formatted(right, n));
      }
      return new Score(n, right);
    }
  }

  /**
   * The training of a row.
   *
   * @param state waiting, running, done or failed
   * @param seconds that it took so far, NaN where the file does not tell
   * @param log what the run has written so far
   */
  record TrainedRow(String variant, String row, String state, double seconds, Training log) {
    private static TrainedRow of(JsonNode node, Path experiment) {
      String row = node.path("row").asText();
      return new TrainedRow(
          node.path("variant").asText(),
          row,
          node.path("state").asText("waiting"),
          node.path("seconds").asDouble(Double.NaN),
          Training.log(row, experiment.resolve(node.path("dir").asText())));
    }
  }

  static Experiment read(String name, Path directory) {
    JsonNode file =
        JsonFiles.tree(directory.resolve(FILE))
            .map(tree -> whole(tree, directory))
            .orElseGet(JsonNodeFactory.instance::objectNode);
    List<Cell> cells = new ArrayList<>();
    file.path("cells").forEach(cell -> cells.add(Cell.of(cell, directory)));
    List<TrainedRow> trainings = new ArrayList<>();
    file.path("trainings").forEach(row -> trainings.add(TrainedRow.of(row, directory)));
    return new Experiment(
        name,
        file.path("kind").asText(),
        texts(file.path("names")),
        texts(file.path("variants")),
        cells,
        trainings,
        examples(cells),
        Settings.of(directory)
            .orEnvironmentOf(trainings.stream().map(row -> row.log().settings())));
  }

  private static JsonNode whole(JsonNode file, Path directory) {
    for (String key : List.of("names", "variants", "cells")) {
      if (!file.path(key).isArray()) {
        throw damaged(directory, "no list " + key);
      }
    }
    return file;
  }

  private static InputException damaged(Path directory, String found) {
    return new InputException(
        "%s: expected the matrix of an experiment, found %s; restore the file"
            .formatted(directory.resolve(FILE), found));
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(text -> texts.add(text.asText()));
    return texts;
  }

  private static List<Example> examples(List<Cell> cells) {
    Map<String, Example> byQuestion = new LinkedHashMap<>();
    cells.stream()
        .filter(cell -> cell.home() || cell.row().isEmpty())
        .flatMap(cell -> answers(cell).stream())
        .forEach(example -> byQuestion.merge(example.key(), example, Example::with));
    return List.copyOf(byQuestion.values());
  }

  private static List<Example> answers(Cell cell) {
    return Evaluation.answers(cell.variant(), cell.directory(), EXAMPLES_OF_A_CELL);
  }

  /** Accuracies of a variant in per cent; one row where its model was not trained. */
  Matrix accuracies(String variant) {
    boolean untrained = of(variant).allMatch(cell -> cell.row().isEmpty());
    List<String> rows = untrained ? List.of("untrained") : names;
    double[][] values = new double[rows.size()][names.size()];
    Arrays.stream(values).forEach(row -> Arrays.fill(row, Double.NaN));
    of(variant)
        .forEach(
            cell -> {
              int row = untrained ? 0 : names.indexOf(cell.row().orElse(""));
              int column = names.indexOf(cell.column());
              if (row >= 0 && column >= 0) {
                values[row][column] = cell.score().map(s -> 100 * s.accuracy()).orElse(Double.NaN);
              }
            });
    return Matrix.generalization(rows, names, values);
  }

  /** The items of some cells of a variant taken together; empty where none is done. */
  Optional<Score> pooled(String variant, Predicate<Cell> meant) {
    List<Score> scores = of(variant).filter(meant).flatMap(cell -> cell.score().stream()).toList();
    int n = scores.stream().mapToInt(Score::n).sum();
    return n == 0
        ? Optional.empty()
        : Optional.of(new Score(n, scores.stream().mapToInt(Score::right).sum()));
  }

  private Stream<Cell> of(String variant) {
    return cells.stream().filter(cell -> cell.variant().equals(variant));
  }
}
