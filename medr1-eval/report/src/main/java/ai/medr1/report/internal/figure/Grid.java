package ai.medr1.report.internal.figure;

import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/**
 * Values in rows and columns.
 *
 * @param rowTitle what the rows are
 * @param columnTitle what the columns are
 * @param rowNames names of the rows
 * @param columnNames names of the columns
 * @param values [rows][columns] in per cent or percentage points; NaN where there is none
 */
public record Grid(
    String rowTitle,
    String columnTitle,
    List<String> rowNames,
    List<String> columnNames,
    double[][] values) {
  public Grid {
    rowNames = List.copyOf(rowNames);
    columnNames = List.copyOf(columnNames);
    int columns = columnNames.size();
    if (values.length != rowNames.size()
        || columns == 0
        || Arrays.stream(values).anyMatch(row -> row.length != columns)) {
      throw new IllegalArgumentException(
          "a matrix has a value for each of %d rows and %d columns, found %s"
              .formatted(rowNames.size(), columns, Arrays.deepToString(values)));
    }
  }

  /** Rows trained on and columns tested on. */
  public static Grid generalization(
      List<String> rowNames, List<String> columnNames, double[][] values) {
    return new Grid("Trained on", "Tested on", rowNames, columnNames, values);
  }

  /**
   * This less another, value by value. A matrix of one row, as an untrained model has it, is taken
   * from every row.
   */
  public Grid minus(Grid other) {
    double[][] differences = new double[values.length][columnNames.size()];
    for (int row = 0; row < values.length; row++) {
      double[] taken = other.values[other.values.length == 1 ? 0 : row];
      for (int column = 0; column < differences[row].length; column++) {
        differences[row][column] = values[row][column] - taken[column];
      }
    }
    return new Grid(rowTitle, columnTitle, rowNames, columnNames, differences);
  }

  /** Whether another can be taken from this. */
  public boolean fits(Grid other) {
    return columnNames.equals(other.columnNames)
        && (other.values.length == 1 || rowNames.equals(other.rowNames));
  }

  /** Whether rows and columns are the same things, so that the diagonal means something. */
  boolean square() {
    return rowNames.equals(columnNames);
  }

  /** The mean of a row's values, NaN where it has none. */
  public double rowMean(int row) {
    return mean(Arrays.stream(values[row]));
  }

  /** The mean of a column's values, NaN where it has none. */
  public double columnMean(int column) {
    return mean(Arrays.stream(values).mapToDouble(row -> row[column]));
  }

  /** The mean of all values, NaN where there are none. */
  public double mean() {
    return mean(all());
  }

  /** Whether there is any value. */
  public boolean hasValues() {
    return !Double.isNaN(mean());
  }

  DoubleStream all() {
    return Arrays.stream(values).flatMapToDouble(Arrays::stream).filter(v -> !Double.isNaN(v));
  }

  IntStream rows() {
    return IntStream.range(0, rowNames.size());
  }

  IntStream columns() {
    return IntStream.range(0, columnNames.size());
  }

  private static double mean(DoubleStream values) {
    return values.filter(v -> !Double.isNaN(v)).average().orElse(Double.NaN);
  }
}
