package ai.medr1.report.internal.figure;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.font.FontRenderContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jfree.chart.annotations.XYBoxAnnotation;
import org.jfree.chart.annotations.XYTextAnnotation;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYBlockRenderer;
import org.jfree.chart.title.PaintScaleLegend;
import org.jfree.chart.ui.RectangleEdge;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.xy.DefaultXYZDataset;

/**
 * A matrix as coloured cells with their values, and the means beside it.
 *
 * <p>Coordinates are cells: the first cell's centre is (0, 0), x grows to the right, y downwards.
 */
public final class HeatMap {
  private static final int NARROWEST_CELL = 62;
  private static final int CELL_HEIGHT = 36;
  private static final int SCALE_WIDTH = 74;
  private static final double GAP = 0.2;
  private static final double LINE = 0.42;

  private final Grid matrix;
  private final ColorScale scale;
  private final String unit;
  private final boolean signed;
  private final int decimals;
  private final List<List<String>> heads;
  private final double cellWidth;
  private final XYPlot plot = new XYPlot();

  private HeatMap(Grid matrix, ColorScale scale, String unit, boolean signed, int decimals) {
    this.matrix = matrix;
    this.scale = scale;
    this.unit = unit;
    this.signed = signed;
    this.decimals = decimals;
    cellWidth = cellWidth(matrix);
    heads = matrix.columnNames().stream().map(this::lines).toList();
  }

  /**
   * Accuracies in per cent.
   *
   * @param all the matrices that share the scale, this one among them, so that their colours can be
   *     compared
   */
  public static Figure accuracies(String id, String title, Grid matrix, List<Grid> all) {
    double low = 10 * Math.floor(extremes(all).getMin() / 10);
    double high = 10 * Math.ceil(extremes(all).getMax() / 10);
    ColorScale scale = ColorScale.amounts(low, Math.max(high, low + 10));
    return new HeatMap(matrix, scale, "accuracy in %", false, 1).figure(id, title);
  }

  /**
   * Differences in percentage points, on a scale that is centred at zero.
   *
   * @param decimals digits behind the point
   */
  public static Figure differences(String id, String title, Grid matrix, int decimals) {
    var extremes = extremes(List.of(matrix));
    double most = Math.max(Math.abs(extremes.getMin()), Math.abs(extremes.getMax()));
    ColorScale scale = ColorScale.differences(Math.max(5, 5 * Math.ceil(most / 5)));
    return new HeatMap(matrix, scale, "percentage points", true, decimals).figure(id, title);
  }

  private static java.util.DoubleSummaryStatistics extremes(List<Grid> matrices) {
    return matrices.stream().flatMapToDouble(Grid::all).summaryStatistics();
  }

  private Figure figure(String id, String title) {
    int columns = matrix.columnNames().size();
    int rows = matrix.rowNames().size();
    double left = -0.5 - (labelWidth() + 34.0) / cellWidth;
    double right = columns - 0.5 + GAP + 1;
    double top = -0.5 - LINE * (1.5 + headLines());
    double bottom = rows - 0.5 + (single() ? 0.2 : GAP + 1);
    plot.setDomainAxis(hidden(left, right, false));
    plot.setRangeAxis(hidden(top, bottom, true));
    plot.setInsets(RectangleInsets.ZERO_INSETS);
    plot.setDomainGridlinesVisible(false);
    plot.setRangeGridlinesVisible(false);
    cells();
    names(left, top);
    values();
    int width = (int) Math.ceil((right - left) * cellWidth) + SCALE_WIDTH + 8;
    int height = (int) Math.ceil((bottom - top) * CELL_HEIGHT) + 8;
    Figure figure = new Figure(id, title, description(), table(), plot, width, height);
    figure.chart().addSubtitle(colorBar());
    return figure;
  }

  private static NumberAxis hidden(double low, double high, boolean inverted) {
    NumberAxis axis = new NumberAxis();
    axis.setRange(low, high);
    axis.setInverted(inverted);
    axis.setVisible(false);
    return axis;
  }

  private double meanColumn() {
    return matrix.columnNames().size() + GAP;
  }

  private double meanRow() {
    return matrix.rowNames().size() + GAP;
  }

  private void cells() {
    List<double[]> cells = new ArrayList<>();
    matrix
        .rows()
        .forEach(
            row -> {
              matrix
                  .columns()
                  .forEach(
                      column ->
                          cells.add(new double[] {column, row, matrix.values()[row][column]}));
              cells.add(new double[] {meanColumn(), row, matrix.rowMean(row)});
            });
    if (!single()) {
      matrix
          .columns()
          .forEach(
              column -> cells.add(new double[] {column, meanRow(), matrix.columnMean(column)}));
      cells.add(new double[] {meanColumn(), meanRow(), matrix.mean()});
    }
    cells.removeIf(cell -> Double.isNaN(cell[2]));
    DefaultXYZDataset data = new DefaultXYZDataset();
    data.addSeries("", transposed(cells));
    plot.setDataset(data);
    plot.setRenderer(blocks());
    cells.forEach(cell -> text(number(cell[2]), cell[0], cell[1], scale.textOn(cell[2])));
  }

  private static double[][] transposed(List<double[]> cells) {
    double[][] series = new double[3][cells.size()];
    for (int cell = 0; cell < cells.size(); cell++) {
      for (int i = 0; i < 3; i++) {
        series[i][cell] = cells.get(cell)[i];
      }
    }
    return series;
  }

  private XYBlockRenderer blocks() {
    XYBlockRenderer renderer = new XYBlockRenderer();
    renderer.setBlockWidth(1 - 3.0 / cellWidth);
    renderer.setBlockHeight(1 - 3.0 / CELL_HEIGHT);
    renderer.setPaintScale(scale);
    return renderer;
  }

  /** What is not coloured: places without a value, and a frame where trained on is tested on. */
  private void values() {
    matrix
        .rows()
        .forEach(
            row ->
                matrix
                    .columns()
                    .filter(column -> Double.isNaN(matrix.values()[row][column]))
                    .forEach(column -> text("–", column, row, Tone.MUTED.light())));
    if (matrix.square()) {
      matrix.rows().forEach(this::frame);
    }
  }

  /** Inside the cell and in the colour of its text, which is seen on light and on dark paper. */
  private void frame(int i) {
    double value = matrix.values()[i][i];
    Color color = Double.isNaN(value) ? Tone.MUTED.light() : scale.textOn(value);
    double x = 0.5 - 3.0 / cellWidth;
    double y = 0.5 - 3.0 / CELL_HEIGHT;
    plot.addAnnotation(
        new XYBoxAnnotation(i - x, i + y, i + x, i - y, new BasicStroke(1.5f), color, null));
  }

  private void names(double left, double top) {
    label(
            matrix.columnTitle(),
            (matrix.columnNames().size() - 1) / 2.0,
            top + LINE / 2,
            TextAnchor.CENTER)
        .setFont(Figure.BOLD);
    if (!single()) {
      rowTitle(left);
    }
    matrix.rows().forEach(row -> name(matrix.rowNames().get(row), row));
    matrix.columns().forEach(column -> head(heads.get(column), column));
    head(List.of("mean"), meanColumn());
    if (!single()) {
      name("mean", meanRow());
    }
  }

  private void rowTitle(double left) {
    double middle = (matrix.rowNames().size() - 1) / 2.0;
    XYTextAnnotation title =
        label(matrix.rowTitle(), left + 10.0 / cellWidth, middle, TextAnchor.CENTER);
    title.setFont(Figure.BOLD);
    title.setRotationAnchor(TextAnchor.CENTER);
    title.setRotationAngle(-Math.PI / 2);
  }

  /** One row has no mean over rows, and no room for words beside it. */
  private boolean single() {
    return matrix.rowNames().size() == 1;
  }

  private void name(String name, double row) {
    label(name, -0.5 - 8.0 / cellWidth, row, TextAnchor.CENTER_RIGHT);
  }

  private void head(List<String> lines, double column) {
    for (int i = 0; i < lines.size(); i++) {
      double y = -0.5 - LINE * (lines.size() - i - 0.4);
      label(lines.get(i), column, y, TextAnchor.CENTER);
    }
  }

  private void text(String text, double x, double y, Color color) {
    label(text, x, y, TextAnchor.CENTER).setPaint(color);
  }

  private XYTextAnnotation label(String text, double x, double y, TextAnchor anchor) {
    XYTextAnnotation label = new XYTextAnnotation(text, x, y);
    label.setTextAnchor(anchor);
    label.setFont(Figure.TEXT);
    label.setPaint(Tone.INK.light());
    plot.addAnnotation(label);
    return label;
  }

  private int headLines() {
    return heads.stream().mapToInt(List::size).max().orElse(1);
  }

  private double labelWidth() {
    return matrix.rowNames().stream().mapToDouble(HeatMap::width).reduce(width("mean"), Math::max);
  }

  private static double width(String text) {
    return Figure.TEXT.getStringBounds(text, new FontRenderContext(null, true, true)).getWidth();
  }

  /** Wide enough for every word of the columns' names. */
  private static double cellWidth(Grid matrix) {
    return matrix.columnNames().stream()
        .flatMap(name -> Stream.of(name.split("\\s+")))
        .mapToDouble(word -> width(word) + 8)
        .reduce(NARROWEST_CELL, Math::max);
  }

  /** A column's name in lines that fit above the column. */
  private List<String> lines(String name) {
    List<String> lines = new ArrayList<>();
    for (String word : name.split("\\s+")) {
      String joined = lines.isEmpty() ? word : lines.get(lines.size() - 1) + " " + word;
      if (!lines.isEmpty() && width(joined) + 8 <= cellWidth) {
        lines.set(lines.size() - 1, joined);
      } else {
        lines.add(word);
      }
    }
    return lines;
  }

  private PaintScaleLegend colorBar() {
    NumberAxis axis = new NumberAxis(single() ? null : unit);
    Axes.style(axis);
    axis.setTickLabelInsets(new RectangleInsets(9, 4, 9, 4));
    PaintScaleLegend bar = new PaintScaleLegend(scale, axis);
    bar.setPosition(RectangleEdge.RIGHT);
    bar.setStripWidth(12);
    bar.setSubdivisionCount(40);
    bar.setStripOutlineVisible(false);
    bar.setBackgroundPaint(new Color(0, 0, 0, 0));
    bar.setMargin(0, 14, 4, 6);
    return bar;
  }

  private String number(double value) {
    String text = String.format(Locale.ROOT, "%." + decimals + "f", Math.abs(value));
    boolean zero = text.chars().allMatch(c -> c == '0' || c == '.');
    if (value < 0 && !zero) {
      return "−" + text;
    }
    return signed && !zero ? "+" + text : text;
  }

  private String description() {
    return "Heat map of %s. Rows, %s: %s. Columns, %s: %s. The mean is %s."
        .formatted(
            unit,
            matrix.rowTitle().toLowerCase(Locale.ROOT),
            String.join(", ", matrix.rowNames()),
            matrix.columnTitle().toLowerCase(Locale.ROOT),
            String.join(", ", matrix.columnNames()),
            Double.isNaN(matrix.mean()) ? "unknown" : number(matrix.mean()));
  }

  private Table table() {
    List<String> header = new ArrayList<>(List.of(matrix.rowTitle()));
    header.addAll(matrix.columnNames());
    header.add("mean");
    List<List<String>> rows =
        matrix.rows().mapToObj(this::tableRow).collect(Collectors.toCollection(ArrayList::new));
    if (rows.size() > 1) {
      rows.add(meansRow());
    }
    return new Table(header, rows);
  }

  private List<String> tableRow(int row) {
    List<String> cells = new ArrayList<>(List.of(matrix.rowNames().get(row)));
    matrix.columns().forEach(column -> cells.add(shown(matrix.values()[row][column])));
    cells.add(shown(matrix.rowMean(row)));
    return cells;
  }

  private List<String> meansRow() {
    List<String> cells = new ArrayList<>(List.of("mean"));
    matrix.columns().forEach(column -> cells.add(shown(matrix.columnMean(column))));
    cells.add(shown(matrix.mean()));
    return cells;
  }

  private String shown(double value) {
    return Double.isNaN(value) ? "–" : number(value);
  }
}
