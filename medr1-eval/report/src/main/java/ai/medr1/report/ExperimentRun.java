package ai.medr1.report;

import ai.medr1.eval.Score;
import ai.medr1.grpo.config.ExperimentConfig.Kind;
import ai.medr1.grpo.experiment.Cell;
import ai.medr1.grpo.experiment.Matrix;
import ai.medr1.grpo.experiment.MatrixFile;
import ai.medr1.grpo.experiment.TrainedRow;
import ai.medr1.report.internal.figure.Grid;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * @param matrix where the study stands; without names and cells before it is written
 * @param trainings those of the matrix
 * @param examples of the cells in which is tested what was trained on, all variants together
 */
record ExperimentRun(
    String name,
    Matrix matrix,
    List<LoggedTraining> trainings,
    List<Example> examples,
    Settings settings)
    implements RunInput {
  private static final Matrix NOTHING =
      new Matrix(Kind.MODALITY, List.of(), List.of(), List.of(), List.of());

  /** Rows of a cell that the gallery may choose from. */
  private static final int EXAMPLES_OF_A_CELL = 40;

  /**
   * The training of a row.
   *
   * @param log what the run has written so far
   */
  record LoggedTraining(TrainedRow row, Training log) {
    private static LoggedTraining of(TrainedRow row, Path experiment) {
      return new LoggedTraining(row, Training.log(row.row(), experiment.resolve(row.dir())));
    }
  }

  static ExperimentRun read(String name, Path directory) {
    Path file = directory.resolve(MatrixFile.NAME);
    Matrix matrix = Files.isRegularFile(file) ? MatrixFile.read(file) : NOTHING;
    List<LoggedTraining> trainings =
        matrix.trainings().stream().map(row -> LoggedTraining.of(row, directory)).toList();
    return new ExperimentRun(
        name,
        matrix,
        trainings,
        examples(matrix, directory),
        Settings.of(directory)
            .orEnvironmentOf(trainings.stream().map(row -> row.log().settings())));
  }

  private static List<Example> examples(Matrix matrix, Path directory) {
    Map<String, Example> byQuestion = new LinkedHashMap<>();
    matrix.cells().stream()
        .filter(cell -> cell.isHome() || cell.row().isEmpty())
        .flatMap(cell -> answers(cell, directory).stream())
        .forEach(example -> byQuestion.merge(example.key(), example, Example::with));
    return List.copyOf(byQuestion.values());
  }

  private static List<Example> answers(Cell cell, Path directory) {
    return EvaluationRun.answers(cell.variant(), directory.resolve(cell.dir()), EXAMPLES_OF_A_CELL);
  }

  List<String> names() {
    return matrix.names();
  }

  List<String> variants() {
    return matrix.variants();
  }

  /** Accuracies of a variant in per cent; one row where its model was not trained. */
  Grid accuracies(String variant) {
    boolean untrained = of(variant).allMatch(cell -> cell.row().isEmpty());
    List<String> rows = untrained ? List.of("untrained") : names();
    double[][] values = new double[rows.size()][names().size()];
    Arrays.stream(values).forEach(row -> Arrays.fill(row, Double.NaN));
    of(variant)
        .forEach(
            cell -> {
              int row = untrained ? 0 : names().indexOf(cell.row().orElse(""));
              int column = names().indexOf(cell.column());
              if (row >= 0 && column >= 0) {
                values[row][column] = cell.score().map(s -> 100 * s.accuracy()).orElse(Double.NaN);
              }
            });
    return Grid.generalization(rows, names(), values);
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
    return matrix.cells().stream().filter(cell -> cell.variant().equals(variant));
  }
}
