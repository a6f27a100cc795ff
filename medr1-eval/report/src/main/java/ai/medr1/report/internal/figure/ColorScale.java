package ai.medr1.report.internal.figure;

import java.awt.Color;
import java.util.List;
import org.jfree.chart.renderer.PaintScale;

/**
 * Colours for the values of a heat map, after scales that are made for all usual kinds of colour
 * vision: viridis (van der Walt and Smith, 2015) for amounts; for differences the orange half of
 * ColorBrewer's PuOr and the blue half of its RdBu, which meet in a near white at zero.
 *
 * @param low the value of the first colour
 * @param high the value of the last
 */
record ColorScale(double low, double high, List<Color> stops) implements PaintScale {
  private static final List<Color> VIRIDIS =
      colors(
          0x440154, 0x482878, 0x3E4989, 0x31688E, 0x26828E, 0x1F9E89, 0x35B779, 0x6ECE58, 0xB5DE2B,
          0xFDE725);
  private static final List<Color> ORANGE_TO_BLUE =
      colors(
          0x7F3B08, 0xB35806, 0xE08214, 0xFDB863, 0xFEE0B6, 0xF7F7F7, 0xD1E5F0, 0x92C5DE, 0x4393C3,
          0x2166AC, 0x053061);

  /** From dark for little to bright for much. */
  static ColorScale amounts(double low, double high) {
    return new ColorScale(low, high, VIRIDIS);
  }

  /** Orange for losses, blue for gains, white for zero. */
  static ColorScale differences(double most) {
    return new ColorScale(-most, most, ORANGE_TO_BLUE);
  }

  @Override
  public double getLowerBound() {
    return low;
  }

  @Override
  public double getUpperBound() {
    return high;
  }

  /** The colour of a value; values beyond the ends have the colour of the end. */
  @Override
  public Color getPaint(double value) {
    double share = Math.min(1, Math.max(0, (value - low) / (high - low)));
    double place = share * (stops.size() - 1);
    int stop = Math.min((int) place, stops.size() - 2);
    return between(stops.get(stop), stops.get(stop + 1), place - stop);
  }

  /** Black or white, whichever is easier to read; one of them has a contrast of 4.58 or more. */
  Color textOn(double value) {
    Color cell = getPaint(value);
    boolean dark = contrast(cell, Color.WHITE) > contrast(cell, Color.BLACK);
    return dark ? Color.WHITE : Color.BLACK;
  }

  /** The contrast of two colours as WCAG 2 defines it, from 1 to 21. */
  static double contrast(Color a, Color b) {
    double first = luminance(a);
    double second = luminance(b);
    return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05);
  }

  private static double luminance(Color color) {
    return 0.2126 * linear(color.getRed())
        + 0.7152 * linear(color.getGreen())
        + 0.0722 * linear(color.getBlue());
  }

  private static double linear(int level) {
    double share = level / 255.0;
    return share <= 0.04045 ? share / 12.92 : Math.pow((share + 0.055) / 1.055, 2.4);
  }

  private static Color between(Color a, Color b, double share) {
    return new Color(
        mix(a.getRed(), b.getRed(), share),
        mix(a.getGreen(), b.getGreen(), share),
        mix(a.getBlue(), b.getBlue(), share));
  }

  private static int mix(int a, int b, double share) {
    return (int) Math.round(a + share * (b - a));
  }

  private static List<Color> colors(int... values) {
    return java.util.Arrays.stream(values).mapToObj(Color::new).toList();
  }
}
