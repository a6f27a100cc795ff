package ai.medr1.examples.quickstart;

import ai.medr1.grpo.metrics.StepReport;
import java.awt.Color;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.knowm.xchart.VectorGraphicsEncoder;
import org.knowm.xchart.VectorGraphicsEncoder.VectorGraphicsFormat;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** Curves of a run as SVG. */
final class Curves {
  private static final int WINDOW = 10;
  private static final Color INK = new Color(0x1B6CA8);
  private static final Color PALE = new Color(0xBBD3E6);

  private Curves() {}

  /** One metric over the steps: every value pale, the mean of the last steps strong. */
  static String svg(String title, String metric, List<StepReport> steps) throws IOException {
    double[] x = steps.stream().mapToDouble(StepReport::step).toArray();
    double[] y =
        steps.stream().mapToDouble(s -> s.metrics().getOrDefault(metric, Double.NaN)).toArray();
    XYChart chart =
        new XYChartBuilder().width(440).height(260).title(title).xAxisTitle("step").build();
    chart.getStyler().setLegendVisible(false);
    chart.getStyler().setChartBackgroundColor(Color.WHITE);
    chart.getStyler().setPlotBorderVisible(false);
    line(chart, "each step", x, y, PALE, 1);
    line(chart, "mean of " + WINDOW, x, smooth(y), INK, 2);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    VectorGraphicsEncoder.saveVectorGraphic(chart, out, VectorGraphicsFormat.SVG);
    String text = out.toString(StandardCharsets.UTF_8);
    return text.substring(text.indexOf("<svg"));
  }

  private static void line(
      XYChart chart, String name, double[] x, double[] y, Color color, float width) {
    var series = chart.addSeries(name, x, y);
    series.setMarker(SeriesMarkers.NONE);
    series.setLineColor(color);
    series.setLineWidth(width);
  }

  /** The mean of every value and those just before it. */
  private static double[] smooth(double[] values) {
    double[] means = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      int first = Math.max(0, i - WINDOW + 1);
      double sum = 0;
      for (int j = first; j <= i; j++) {
        sum += values[j];
      }
      means[i] = sum / (i - first + 1);
    }
    return means;
  }
}
