package ai.medr1.report.internal.figure;

import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.util.Locale;
import org.jfree.chart.axis.Axis;
import org.jfree.chart.axis.NumberAxis;
import org.jfree.chart.block.BlockBorder;
import org.jfree.chart.title.LegendTitle;
import org.jfree.chart.ui.HorizontalAlignment;
import org.jfree.chart.ui.RectangleEdge;

/** How axes and legends of all figures look. */
final class Axes {
  private Axes() {}

  static void style(Axis axis) {
    axis.setLabelFont(Figure.TEXT);
    axis.setLabelPaint(Tone.MUTED.light());
    axis.setTickLabelFont(Figure.TEXT);
    axis.setTickLabelPaint(Tone.MUTED.light());
    axis.setAxisLinePaint(Tone.GRID.light());
    axis.setTickMarkPaint(Tone.GRID.light());
    if (axis instanceof NumberAxis numbers) {
      numbers.setNumberFormatOverride(
          new DecimalFormat("0.######;−0.######", DecimalFormatSymbols.getInstance(Locale.ROOT)));
    }
  }

  static LegendTitle legend(org.jfree.chart.LegendItemSource source) {
    LegendTitle legend = new LegendTitle(source);
    legend.setPosition(RectangleEdge.BOTTOM);
    legend.setHorizontalAlignment(HorizontalAlignment.LEFT);
    legend.setItemFont(Figure.TEXT);
    legend.setItemPaint(Tone.INK.light());
    legend.setItemLabelPadding(new org.jfree.chart.ui.RectangleInsets(2, 4, 2, 14));
    legend.setFrame(BlockBorder.NONE);
    return legend;
  }
}
