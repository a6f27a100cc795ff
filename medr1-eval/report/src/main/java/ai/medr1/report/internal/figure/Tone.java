package ai.medr1.report.internal.figure;

import java.awt.Color;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Every colour of text, lines and bars, on light and on dark paper. A page has them as CSS
 * variables, and inline figures refer to these, so that a figure follows the page.
 *
 * <p>Text has a contrast of at least 4.5 to the paper, lines and bars of at least 3. The series
 * differ in hue and lightness for all usual kinds of colour vision; curves differ in their dashes
 * as well.
 */
public enum Tone {
  PAPER(0xFFFFFF, 0x0E1116),
  PANEL(0xF5F7F9, 0x171C23),
  INK(0x1B2027, 0xE7ECF1),
  MUTED(0x57616C, 0xA3AEBA),
  GRID(0xD3D9E0, 0x343C46),
  LINK(0x0A5AA3, 0x7CBBFF),
  RIGHT(0x0A5CA6, 0x7ABAFE),
  WRONG(0xA23E00, 0xFFA35C),
  SERIES_1(0x0068AD, 0x5CB8F5),
  SERIES_2(0xD0570A, 0xFF9A52),
  SERIES_3(0x00875F, 0x45D6A8),
  SERIES_4(0xA8478F, 0xE79BD3),
  SERIES_5(0x6B5A00, 0xD9C84A),
  SERIES_6(0x2F2585, 0xA9A1FF),
  SERIES_7(0x861F52, 0xF77FA9),
  SERIES_8(0x4A4F55, 0xC5CBD2);

  private static final List<Tone> SERIES =
      List.of(SERIES_1, SERIES_2, SERIES_3, SERIES_4, SERIES_5, SERIES_6, SERIES_7, SERIES_8);

  private final Color light;
  private final Color dark;

  Tone(int light, int dark) {
    this.light = new Color(light);
    this.dark = new Color(dark);
  }

  /** The tone of a series, counted from 0; they repeat after the last. */
  static Tone ofSeries(int index) {
    return SERIES.get(index % SERIES.size());
  }

  Color light() {
    return light;
  }

  Color dark() {
    return dark;
  }

  /** As CSS refers to it. */
  public String variable() {
    return "var(--" + name().toLowerCase(Locale.ROOT).replace('_', '-') + ")";
  }

  /** Declarations of all variables; the page's {@code color-scheme} decides which side counts. */
  public static String declarations() {
    return Arrays.stream(values()).map(Tone::declaration).collect(Collectors.joining());
  }

  private String declaration() {
    String name = variable().substring("var(".length(), variable().length() - 1);
    return "  %s: light-dark(%s, %s);\n".formatted(name, hex(light), hex(dark));
  }

  private static String hex(Color color) {
    return "#%06x".formatted(color.getRGB() & 0xFFFFFF);
  }
}
