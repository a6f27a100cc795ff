package ai.medr1.report.internal.figure;

import ai.medr1.eval.Score;
import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.geom.Line2D;
import java.awt.geom.Rectangle2D;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jfree.chart.axis.AxisLocation;
import org.jfree.chart.axis.CategoryAxis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.axis.ValueAxis;
import org.jfree.chart.plot.CategoryPlot;
import org.jfree.chart.plot.PlotOrientation;
import org.jfree.chart.renderer.category.BarRenderer;
import org.jfree.chart.renderer.category.CategoryItemRendererState;
import org.jfree.chart.renderer.category.StandardBarPainter;
import org.jfree.chart.text.TextUtils;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.chart.ui.TextAnchor;
import org.jfree.data.category.CategoryDataset;
import org.jfree.data.category.DefaultCategoryDataset;
import org.jspecify.annotations.Nullable;

/**
 * Accuracies, or other shares, as bars with 95 % intervals, a group of bars for every name. Several
 * runs are told apart by their numbers as well as by their colours.
 */
public final class Bars {
  private static final int WIDTH = 560;
  private static final int BAR = 18;
  private static final int BETWEEN_GROUPS = 12;
  private static final int AXIS = 52;
  private static final int NUMBERS = 5;
  private static final int LEGEND = 26;

  private final List<String> groups;
  private final Map<String, Map<String, Score>> runs;
  private final String counted;
  private final String share;
  private final Set<String> exact;

  private Bars(
      List<String> groups,
      Map<String, Map<String, Score>> runs,
      String counted,
      String share,
      Set<String> exact) {
    this.groups = groups;
    this.runs = runs;
    this.counted = counted;
    this.share = share;
    this.exact = exact;
  }

  /**
   * Bars of some runs.
   *
   * @param groups names in their order, of which a run may lack some
   * @param runs by name, each with its scores by group
   */
  public static Figure of(
      String id, String title, List<String> groups, Map<String, Map<String, Score>> runs) {
    return new Bars(groups, runs, "right", "accuracy", Set.of()).figure(id, title);
  }

  /**
   * Bars of the shares of items that are counted in each group.
   *
   * @param exact name of a run whose shares are no sample, and have no intervals
   */
  public static Figure shares(
      String id,
      String title,
      List<String> groups,
      Map<String, Map<String, Score>> runs,
      String exact) {
    return new Bars(groups, runs, "counted", "share", Set.of(exact)).figure(id, title);
  }

  private Figure figure(String id, String title) {
    int height = groups.size() * (runs.size() * BAR + BETWEEN_GROUPS) + AXIS;
    CategoryPlot plot = plot();
    Figure figure =
        new Figure(
            id, title, description(), table(), plot, WIDTH, height + (several() ? LEGEND : 0));
    if (several()) {
      figure.chart().addLegend(Axes.legend(plot.getRenderer()));
    }
    return figure;
  }

  private boolean several() {
    return runs.size() > 1;
  }

  private CategoryPlot plot() {
    DefaultCategoryDataset data = new DefaultCategoryDataset();
    runs.forEach(
        (run, scores) ->
            groups.forEach(group -> data.addValue(percent(scores.get(group)), run, group)));
    CategoryAxis names = new CategoryAxis();
    Axes.style(names);
    names.setTickLabelPaint(Tone.INK.light());
    names.setLowerMargin(0.01);
    names.setUpperMargin(0.01);
    names.setMaximumCategoryLabelWidthRatio(0.6f);
    double share = BETWEEN_GROUPS / (double) (BETWEEN_GROUPS + runs.size() * BAR);
    names.setCategoryMargin(share * (groups.size() == 1 ? 0 : 1));
    CategoryPlot plot = new CategoryPlot(data, names, percentAxis(), new Whiskers());
    plot.setOrientation(PlotOrientation.HORIZONTAL);
    plot.setRangeAxisLocation(AxisLocation.BOTTOM_OR_LEFT);
    plot.setRangeGridlinePaint(Tone.GRID.light());
    plot.setRangeGridlineStroke(new BasicStroke(1));
    plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
    return plot;
  }

  private NumberAxis percentAxis() {
    NumberAxis axis = new NumberAxis(share + " in %, with 95 % intervals");
    Axes.style(axis);
    // Room for a run's number before its bar, and for a value behind a whisker that reaches 100.
    axis.setRange(several() ? -NUMBERS : 0, 118);
    axis.setTickUnit(new NumberTickUnit(20));
    return axis;
  }

  private static @Nullable Double percent(@Nullable Score score) {
    return score == null ? null : 100 * score.accuracy();
  }

  /** Bars with a line over the interval and the number behind it. */
  private final class Whiskers extends BarRenderer {
    private static final long serialVersionUID = 1;

    Whiskers() {
      setBarPainter(new StandardBarPainter());
      setShadowVisible(false);
      setItemMargin(0.08);
      setDrawBarOutline(false);
      for (int i = 0; i < runs.size(); i++) {
        setSeriesPaint(i, Tone.ofSeries(i).light());
      }
      setLegendItemLabelGenerator((data, row) -> row + 1 + " " + data.getRowKey(row));
    }

    @Override
    public void drawItem(
        Graphics2D canvas,
        CategoryItemRendererState state,
        Rectangle2D area,
        CategoryPlot plot,
        CategoryAxis names,
        ValueAxis values,
        CategoryDataset data,
        int row,
        int column,
        int pass) {
      super.drawItem(canvas, state, area, plot, names, values, data, row, column, pass);
      Score score = score(data.getRowKey(row), data.getColumnKey(column));
      if (score != null) {
        double middle =
            calculateBarW0(plot, plot.getOrientation(), area, names, state, row, column)
                + state.getBarWidth() / 2;
        boolean sampled = !exact.contains(data.getRowKey(row).toString());
        double low = values.valueToJava2D(100 * score.low(), area, plot.getRangeAxisEdge());
        double high =
            values.valueToJava2D(
                100 * (sampled ? score.high() : score.accuracy()), area, plot.getRangeAxisEdge());
        if (sampled) {
          whisker(canvas, low, high, middle);
        }
        text(canvas, number(100 * score.accuracy()), high + 6, middle, TextAnchor.CENTER_LEFT);
        if (several()) {
          double zero = values.valueToJava2D(0, area, plot.getRangeAxisEdge());
          text(canvas, String.valueOf(row + 1), zero - 4, middle, TextAnchor.CENTER_RIGHT);
        }
      }
    }

    private static void text(
        Graphics2D canvas, String text, double x, double y, TextAnchor anchor) {
      canvas.setPaint(Tone.INK.light());
      canvas.setFont(Figure.TEXT);
      TextUtils.drawAlignedString(text, canvas, (float) x, (float) y, anchor);
    }

    private @Nullable Score score(Comparable<?> run, Comparable<?> group) {
      Map<String, Score> scores = runs.get(run);
      return scores == null ? null : scores.get(group);
    }

    private void whisker(Graphics2D canvas, double low, double high, double y) {
      canvas.setPaint(Tone.PAPER.light()); // sets the line off from the bar
      canvas.setStroke(new BasicStroke(4));
      canvas.draw(new Line2D.Double(low, y, high, y));
      canvas.setPaint(Tone.INK.light());
      canvas.setStroke(new BasicStroke(1.5f));
      canvas.draw(new Line2D.Double(low, y, high, y));
      canvas.draw(new Line2D.Double(low, y - 3, low, y + 3));
      canvas.draw(new Line2D.Double(high, y - 3, high, y + 3));
    }
  }

  private String description() {
    return "Bars of the %s of %s, for %s."
        .formatted(share, String.join(", ", runs.keySet()), String.join(", ", groups));
  }

  private Table table() {
    List<List<String>> rows = new ArrayList<>();
    for (String group : groups) {
      runs.forEach(
          (run, scores) -> {
            Score score = scores.get(group);
            if (score != null) {
              rows.add(tableRow(group, run, score));
            }
          });
    }
    return new Table(
        List.of("Of", "run", counted, "items", share + " in %", "95 % interval"), rows);
  }

  private List<String> tableRow(String group, String run, Score score) {
    return List.of(
        group,
        run,
        String.valueOf(score.right()),
        String.valueOf(score.n()),
        number(100 * score.accuracy()),
        exact.contains(run)
            ? "–"
            : number(100 * score.low()) + " to " + number(100 * score.high()));
  }

  private static String number(double percent) {
    return String.format(Locale.ROOT, "%.1f", percent);
  }
}
