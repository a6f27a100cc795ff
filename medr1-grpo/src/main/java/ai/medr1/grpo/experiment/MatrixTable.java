package ai.medr1.grpo.experiment;

import ai.medr1.eval.Score;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.stream.DoubleStream;

/**
 * A study as plain text within 100 columns: per variant a matrix of accuracies in per cent, rows
 * trained on and columns tested on; then what one variant gained over another, in points.
 */
public final class MatrixTable {
  private static final int NAME = 14;
  private static final int VALUE = 8;

  private final Matrix matrix;
  private final StringBuilder out = new StringBuilder();

  private MatrixTable(Matrix matrix) {
    this.matrix = matrix;
  }

  /** Every cell with its result, or a mark of its state; every line ends in a newline. */
  public static String of(Matrix matrix) {
    MatrixTable table = new MatrixTable(matrix);
    matrix.variants().forEach(table::variant);
    table.legend();
    table.errors();
    return table.out.toString();
  }

  /**
   * What trained variants gained over the first untrained one, and over the first trained one.
   * Empty where there is nothing to compare.
   */
  public static String improvements(Matrix matrix) {
    MatrixTable table = new MatrixTable(matrix);
    List<String> trained = matrix.variants().stream().filter(matrix::isTrained).toList();
    Optional<String> untrained =
        matrix.variants().stream().filter(v -> !matrix.isTrained(v)).findFirst();
    untrained.ifPresent(base -> trained.forEach(variant -> table.improvement(variant, base)));
    trained.stream().skip(1).forEach(variant -> table.improvement(variant, trained.get(0)));
    return table.out.toString();
  }

  // ---- accuracies

  private void variant(String variant) {
    heading(variant + ": accuracy in %", "mean", "train", "test");
    for (Optional<String> row : matrix.rows(variant)) {
      List<Cell> cells = matrix.row(variant, row);
      List<String> values = new ArrayList<>();
      cells.forEach(cell -> values.add(value(cell)));
      values.add(
          mean(cells.stream().flatMap(c -> c.score().stream()).mapToDouble(Score::accuracy)));
      values.add(matrix.training(variant, row).map(MatrixTable::time).orElse(""));
      values.add(duration(cells.stream().mapToDouble(Cell::seconds).sum()));
      line(row.orElse("untrained"), values);
    }
    summary(variant);
    out.append('\n');
  }

  private void heading(String title, String... more) {
    out.append(title).append("; rows: trained on, columns: tested on\n");
    List<String> columns =
        new ArrayList<>(matrix.names().stream().map(MatrixTable::brief).toList());
    columns.addAll(List.of(more));
    line("", columns);
  }

  private void summary(String variant) {
    if (!matrix.isTrained(variant)) {
      return;
    }
    List<Cell> done =
        matrix.cells().stream().filter(c -> c.variant().equals(variant) && c.isDone()).toList();
    out.append(
        "mean on what was trained on %s, on the others %s\n"
            .formatted(
                mean(accuracies(done, true)).strip(), mean(accuracies(done, false)).strip()));
  }

  private static DoubleStream accuracies(List<Cell> cells, boolean own) {
    return cells.stream()
        .filter(cell -> cell.isHome() == own)
        .flatMap(cell -> cell.score().stream())
        .mapToDouble(Score::accuracy);
  }

  private static String value(Cell cell) {
    return switch (cell.state()) {
      case WAITING -> ".";
      case RUNNING -> ">";
      case FAILED -> "!";
      case DONE -> percent(cell.score().map(Score::accuracy).orElse(Double.NaN));
    };
  }

  private static String time(TrainedRow training) {
    return switch (training.state()) {
      case WAITING -> ".";
      case RUNNING -> ">";
      case FAILED -> "!";
      case DONE -> duration(training.seconds());
    };
  }

  private void legend() {
    out.append(
        "%d cells done, %d failed (!), %d running (>), %d waiting (.)\n"
            .formatted(
                matrix.count(State.DONE),
                matrix.count(State.FAILED),
                matrix.count(State.RUNNING),
                matrix.count(State.WAITING)));
  }

  /** Every reason once: a training that fails fails all cells of its row. */
  private void errors() {
    matrix.cells().stream()
        .filter(cell -> cell.state() == State.FAILED)
        .map(
            cell ->
                "%s %s: %s"
                    .formatted(
                        cell.variant(), cell.row().orElse("untrained"), cell.error().orElse("")))
        .distinct()
        .forEach(error -> out.append("failed: ").append(error).append('\n'));
  }

  // ---- improvements

  private void improvement(String variant, String base) {
    heading(variant + " over " + base + ": points gained", "mean");
    List<Double> all = new ArrayList<>();
    for (Optional<String> row : matrix.rows(variant)) {
      List<OptionalDouble> gains =
          matrix.row(variant, row).stream().map(cell -> gain(cell, base)).toList();
      List<String> values = new ArrayList<>(gains.stream().map(MatrixTable::points).toList());
      double[] known = gains.stream().flatMapToDouble(OptionalDouble::stream).toArray();
      DoubleStream.of(known).forEach(all::add);
      values.add(points(DoubleStream.of(known).average()));
      line(row.orElse(""), values);
    }
    OptionalDouble mean = all.stream().mapToDouble(Double::doubleValue).average();
    out.append("mean of all cells ").append(points(mean)).append("\n\n");
  }

  private OptionalDouble gain(Cell cell, String base) {
    Optional<String> row = matrix.isTrained(base) ? cell.row() : Optional.empty();
    Optional<Score> before =
        matrix.row(base, row).stream()
            .filter(other -> other.column().equals(cell.column()))
            .flatMap(other -> other.score().stream())
            .findFirst();
    return cell.score().isPresent() && before.isPresent()
        ? OptionalDouble.of(cell.score().orElseThrow().accuracy() - before.orElseThrow().accuracy())
        : OptionalDouble.empty();
  }

  // ---- text

  private void line(String name, List<String> values) {
    StringBuilder line = new StringBuilder(("%-" + NAME + "s").formatted(brief(name)));
    values.forEach(value -> line.append(("%" + width() + "s").formatted(value)));
    out.append(line.toString().stripTrailing()).append('\n');
  }

  /** Eight columns of modalities need to be closer together than five of tasks. */
  private int width() {
    return matrix.names().size() > 5 ? VALUE - 1 : VALUE + 2;
  }

  /** The first word of a task says which it is. */
  private static String brief(String name) {
    return name.split(" ", 2)[0];
  }

  private static String mean(DoubleStream accuracies) {
    OptionalDouble mean = accuracies.average();
    return mean.isPresent() ? percent(mean.getAsDouble()) : "-";
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f", 100 * share);
  }

  private static String points(OptionalDouble gain) {
    return gain.isPresent() ? String.format(Locale.ROOT, "%+.1f", 100 * gain.getAsDouble()) : "-";
  }

  private static String duration(double seconds) {
    long whole = Math.round(seconds);
    if (whole < 60) {
      return whole + "s";
    }
    return whole < 3600
        ? "%dm%02d".formatted(whole / 60, whole % 60)
        : "%dh%02d".formatted(whole / 3600, whole / 60 % 60);
  }
}
