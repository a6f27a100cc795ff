package ai.medr1.report.internal.figure;

import ai.medr1.eval.stats.Calibration.Bin;
import ai.medr1.eval.stats.Interval;
import ai.medr1.eval.stats.Wilson;
import java.awt.BasicStroke;
import java.awt.Shape;
import java.awt.geom.Ellipse2D;
import java.util.List;
import java.util.Locale;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.axis.NumberTickUnit;
import org.jfree.chart.plot.XYPlot;
import org.jfree.chart.renderer.xy.XYErrorRenderer;
import org.jfree.chart.renderer.xy.XYLineAndShapeRenderer;
import org.jfree.chart.ui.RectangleInsets;
import org.jfree.data.xy.XYSeries;
import org.jfree.data.xy.XYSeriesCollection;
import org.jfree.data.xy.YIntervalSeries;
import org.jfree.data.xy.YIntervalSeriesCollection;

/**
 * A reliability diagram: how often answers are right against how probable they were, with 95 %
 * intervals, beside the diagonal of perfect calibration. The area of a circle is in proportion to
 * its answers.
 */
public final class Reliability {
  private static final int WIDTH = 420;
  private static final int HEIGHT = 400;
  private static final double LARGEST = 11;
  private static final double SMALLEST = 3;

  private final List<Bin> bins;
  private final int most;

  private Reliability(List<Bin> bins) {
    this.bins = bins;
    most = bins.stream().mapToInt(Bin::n).max().orElse(0);
  }

  /**
   * The diagram of some bins.
   *
   * @param all bins, of which empty ones are left out
   */
  public static Figure of(String id, String title, List<Bin> all) {
    return new Reliability(all.stream().filter(bin -> bin.n() > 0).toList()).figure(id, title);
  }

  private Figure figure(String id, String title) {
    return new Figure(id, title, description(), table(), plot(), WIDTH, HEIGHT);
  }

  private XYPlot plot() {
    XYPlot plot =
        new XYPlot(
            points(),
            axis("probability of the answer in %"),
            axis("right answers in %"),
            circles());
    plot.setDataset(1, diagonal());
    plot.setRenderer(1, line());
    plot.setAxisOffset(RectangleInsets.ZERO_INSETS);
    plot.setDomainGridlinePaint(Tone.GRID.light());
    plot.setDomainGridlineStroke(new BasicStroke(1));
    plot.setRangeGridlinePaint(Tone.GRID.light());
    plot.setRangeGridlineStroke(new BasicStroke(1));
    return plot;
  }

  private static NumberAxis axis(String label) {
    NumberAxis axis = new NumberAxis(label);
    Axes.style(axis);
    axis.setRange(-4, 104); // room for circles at the ends
    axis.setTickUnit(new NumberTickUnit(20));
    return axis;
  }

  private YIntervalSeriesCollection points() {
    YIntervalSeries series = new YIntervalSeries("answers");
    for (Bin bin : bins) {
      Interval interval = interval(bin);
      series.add(
          100 * bin.probability(),
          100 * bin.accuracy(),
          100 * interval.low(),
          100 * interval.high());
    }
    YIntervalSeriesCollection points = new YIntervalSeriesCollection();
    points.addSeries(series);
    return points;
  }

  private static Interval interval(Bin bin) {
    return Wilson.of(bin.n(), (int) Math.round(bin.n() * bin.accuracy()));
  }

  private XYErrorRenderer circles() {
    XYErrorRenderer circles = new Circles();
    circles.setDrawXError(false);
    circles.setSeriesPaint(0, Tone.SERIES_1.light());
    circles.setErrorPaint(Tone.INK.light());
    circles.setErrorStroke(new BasicStroke(1.5f));
    return circles;
  }

  private final class Circles extends XYErrorRenderer {
    private static final long serialVersionUID = 1;

    @Override
    public Shape getItemShape(int series, int item) {
      double radius = Math.max(SMALLEST, LARGEST * Math.sqrt((double) bins.get(item).n() / most));
      return new Ellipse2D.Double(-radius, -radius, 2 * radius, 2 * radius);
    }
  }

  private static XYSeriesCollection diagonal() {
    XYSeries ends = new XYSeries("as right as probable");
    ends.add(0, 0);
    ends.add(100, 100);
    return new XYSeriesCollection(ends);
  }

  private static XYLineAndShapeRenderer line() {
    XYLineAndShapeRenderer line = new XYLineAndShapeRenderer(true, false);
    line.setSeriesPaint(0, Tone.MUTED.light());
    line.setSeriesStroke(
        0,
        new BasicStroke(
            1.5f, BasicStroke.CAP_BUTT, BasicStroke.JOIN_ROUND, 10, new float[] {6, 4}, 0));
    return line;
  }

  private String description() {
    return ("Circles of the share of right answers over the probability of the answer, in %d groups"
            + " with 95 %% intervals, larger where there are more answers; the dashed diagonal is"
            + " where both are the same.")
        .formatted(bins.size());
  }

  private Table table() {
    return new Table(
        List.of("Probability in %", "answers", "mean probability", "right in %", "95 % interval"),
        bins.stream().map(Reliability::row).toList());
  }

  private static List<String> row(Bin bin) {
    Interval interval = interval(bin);
    return List.of(
        "%.0f to %.0f".formatted(100 * bin.low(), 100 * bin.high()),
        String.valueOf(bin.n()),
        number(bin.probability()),
        number(bin.accuracy()),
        number(interval.low()) + " to " + number(interval.high()));
  }

  private static String number(double share) {
    return String.format(Locale.ROOT, "%.1f", 100 * share);
  }
}
