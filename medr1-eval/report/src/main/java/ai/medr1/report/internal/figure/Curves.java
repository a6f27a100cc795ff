package ai.medr1.report.internal.figure;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.geom.Line2D;
import java.util.List;
import java.util.Locale;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;

/** Values over the steps: of one run every value pale, and of all runs the mean of the last. */
public final class Curves {
  private static final int WIDTH = 520;
  private static final int HEIGHT = 250;
  private static final int LEGEND_LINE = 20;
  private static final int RUNS_PER_LEGEND_LINE = 4;
  private static final float[][] DASHES = {
    {1}, {7, 3}, {2, 3}, {9, 3, 2, 3}, {15, 4}, {4, 2, 4, 7}, {3, 7}, {12, 3, 2, 3, 2, 3}
  };

  private final List<Curve> curves;
  private final int window;
  private final XYSeriesCollection data = new XYSeriesCollection();
  private final XYLineAndShapeRenderer renderer = new XYLineAndShapeRenderer(true, false);

  private Curves(List<Curve> curves) {
    this.curves = curves;
    int most = curves.stream().mapToInt(curve -> curve.steps().length).max().orElse(0);
    window = Math.max(1, Math.min(20, most / 8));
  }

  /** Curves in one figure, each with a dash of its own. */
  public static Figure of(String id, String title, List<Curve> curves) {
    return new Curves(curves).figure(id, title);
  }

  private Figure figure(String id, String title) {
    for (int i = 0; i < curves.size(); i++) {
      line(curves.get(i).smooth(window), stroke(i), Tone.ofSeries(i).light(), true);
    }
    if (curves.size() == 1 && window > 1) {
      Color tone = Tone.ofSeries(0).light();
      Color pale = new Color(tone.getRed(), tone.getGreen(), tone.getBlue(), 90);
      line(curves.get(0), new BasicStroke(1), pale, false);
    }
    boolean several = curves.size() > 1;
    int legend = several ? LEGEND_LINE * (1 + (curves.size() - 1) / RUNS_PER_LEGEND_LINE) : 0;
    Figure figure =
        new Figure(id, title, description(title), table(), plot(), WIDTH, HEIGHT + legend);
    if (several) {
      figure.chart().addLegend(Axes.legend(renderer));
    }
    return figure;
  }

  private void line(Curve curve, BasicStroke stroke, Color color, boolean named) {
    int index = data.getSeriesCount();
    XYSeries series = new XYSeries(index + " " + curve.name(), false);
    for (int i = 0; i < curve.steps().length; i++) {
      series.add(curve.steps()[i], curve.values()[i]);
    }
    data.addSeries(series);
    renderer.setSeriesPaint(index, color);
    renderer.setSeriesStroke(index, stroke);
    renderer.setSeriesVisibleInLegend(index, named);
  }

  private static BasicStroke stroke(int series) {
    float[] dash = DASHES[series % DASHES.length];
    return dash.length == 1
        ? new BasicStroke(2, BasicStroke.CAP_ROUND, BasicStroke.JOIN_ROUND)
        : new BasicStroke(2, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, dash, 0);
  }

  private XYPlot plot() {
    renderer.setDrawSeriesLineAsPath(true);
    renderer.setLegendLine(new Line2D.Double(-14, 0, 14, 0));
    renderer.setLegendItemLabelGenerator((of, series) -> curves.get(series).name());
    NumberAxis steps = new NumberAxis("step");
    steps.setStandardTickUnits(NumberAxis.createIntegerTickUnits());
    steps.setAutoRangeIncludesZero(false);
    NumberAxis values = new NumberAxis();
    values.setAutoRangeIncludesZero(false);
    values.setAutoRangeMinimumSize(1e-3);
    if (curves.stream().allMatch(curve -> curve.steps().length < 2)) {
      steps.setTickUnit(new NumberTickUnit(1));
    }
    Axes.style(steps);
    Axes.style(values);
    XYPlot plot = new XYPlot(data, steps, values, renderer);
    plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
    plot.setDomainGridlinesVisible(false);
    plot.setRangeGridlinePaint(Tone.GRID.light());
    plot.setRangeGridlineStroke(new BasicStroke(1));
    return plot;
  }

  private String description(String title) {
    return "Curve of %s over the steps of %s. %s"
        .formatted(
            title.toLowerCase(Locale.ROOT),
            String.join(", ", curves.stream().map(Curve::name).toList()),
            window > 1 ? "Lines are means of up to %d steps.".formatted(window) : "");
  }

  private Table table() {
    return new Table(
        List.of("Run", "steps", "first", "last", "course"),
        curves.stream().map(this::tableRow).toList());
  }

  private List<String> tableRow(Curve curve) {
    return List.of(
        curve.name(),
        String.valueOf(curve.steps().length),
        number(curve.first(window)),
        number(curve.last(window)),
        curve.course());
  }

  private static String number(double value) {
    return Double.isNaN(value) ? "–" : String.format(Locale.ROOT, "%.4g", value);
  }
}
