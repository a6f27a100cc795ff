package ai.medr1.grpo.experiment;

import ai.medr1.grpo.config.ExperimentConfig;
import ai.medr1.grpo.config.ExperimentConfig.Kind;
import ai.medr1.grpo.config.VariantConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Where a study stands: every training, and every cell with its result.
 *
 * @param names of columns and rows
 * @param variants in their order
 * @param trainings of all variants that train
 * @param cells variant by variant, row by row
 */
public record Matrix(
    Kind kind,
    List<String> names,
    List<String> variants,
    List<TrainedRow> trainings,
    List<Cell> cells) {

  public Matrix {
    names = List.copyOf(names);
    variants = List.copyOf(variants);
    trainings = List.copyOf(trainings);
    cells = List.copyOf(cells);
  }

  /** A study of which nothing is done. */
  static Matrix waiting(ExperimentConfig config) {
    List<String> names = Axis.names(config.kind(), config.names());
    List<TrainedRow> trainings = new ArrayList<>();
    List<Cell> cells = new ArrayList<>();
    for (VariantConfig variant : config.variants()) {
      for (Optional<String> row : rows(variant, names)) {
        row.ifPresent(name -> trainings.add(TrainedRow.waiting(variant.name(), name)));
        names.forEach(column -> cells.add(Cell.waiting(variant.name(), row, column)));
      }
    }
    List<String> variants = config.variants().stream().map(VariantConfig::name).toList();
    return new Matrix(config.kind(), names, variants, trainings, cells);
  }

  /** What models of a variant are trained on; one that is not trained has a single, empty row. */
  static List<Optional<String>> rows(VariantConfig variant, List<String> names) {
    return variant.train() == VariantConfig.Training.NONE
        ? List.of(Optional.empty())
        : names.stream().map(Optional::of).toList();
  }

  /** This study with all that is done already in another state of it. */
  Matrix resumed(Matrix earlier) {
    Matrix matrix = this;
    for (TrainedRow training : earlier.trainings) {
      matrix = training.state() == State.DONE ? matrix.with(training) : matrix;
    }
    for (Cell cell : earlier.cells) {
      matrix = matrix.with(cell.isDone() ? cell : cell.again());
    }
    return matrix;
  }

  Matrix with(TrainedRow news) {
    List<TrainedRow> changed =
        trainings.stream().map(old -> old.isSamePlace(news) ? news : old).toList();
    return new Matrix(kind, names, variants, changed, cells);
  }

  Matrix with(Cell news) {
    List<Cell> changed = cells.stream().map(old -> old.isSamePlace(news) ? news : old).toList();
    return new Matrix(kind, names, variants, trainings, changed);
  }

  /** The cells of one model. */
  public List<Cell> row(String variant, Optional<String> row) {
    return cells.stream().filter(c -> c.variant().equals(variant) && c.row().equals(row)).toList();
  }

  /** The training of a row; empty where the variant does not train. */
  public Optional<TrainedRow> training(String variant, Optional<String> row) {
    return trainings.stream()
        .filter(t -> t.variant().equals(variant) && Optional.of(t.row()).equals(row))
        .findFirst();
  }

  /** The rows of a variant: one without a name where it does not train. */
  public List<Optional<String>> rows(String variant) {
    return cells.stream()
        .filter(c -> c.variant().equals(variant))
        .map(Cell::row)
        .distinct()
        .toList();
  }

  /** Whether a variant trains. */
  public boolean isTrained(String variant) {
    return trainings.stream().anyMatch(t -> t.variant().equals(variant));
  }

  /** How many cells are in this state. */
  public int count(State state) {
    return (int) cells.stream().filter(c -> c.state() == state).count();
  }
}
