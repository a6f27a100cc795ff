package ai.medr1.report.internal.figure;

import java.awt.Font;
import java.awt.Graphics2D;
import java.awt.RenderingHints;
import java.awt.geom.Rectangle2D;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import javax.imageio.ImageIO;
import org.jfree.chart.ChartRenderingInfo;
import org.jfree.chart.JFreeChart;
import org.jfree.chart.plot.Plot;
import org.jfree.chart.title.TextTitle;
import org.jfree.chart.ui.RectangleInsets;

/** A drawing with its name, its description in words and its values as a table. Not thread-safe. */
public final class Figure {
  static final Font TEXT = new Font(Font.SANS_SERIF, Font.PLAIN, 12);
  static final Font BOLD = TEXT.deriveFont(Font.BOLD);

  private static final int TITLE_HEIGHT = 34;
  private static final int PNG_SCALE = 2;

  private final String id;
  private final String title;
  private final String description;
  private final Table values;
  private final JFreeChart chart;
  private final int width;
  private final int height;

  /**
   * @param plot drawn without a title on {@code width} by {@code height} pixels
   */
  Figure(
      String id, String title, String description, Table values, Plot plot, int width, int height) {
    this.id = id;
    this.title = title;
    this.description = description;
    this.values = values;
    this.width = width;
    this.height = height;
    plot.setBackgroundPaint(null);
    plot.setOutlinePaint(null);
    chart = new JFreeChart(null, BOLD, plot, false);
    chart.setPadding(new RectangleInsets(4, 4, 4, 4));
  }

  JFreeChart chart() {
    return chart;
  }

  /** Names the figure within its page, and its files; lower-case letters, digits and hyphens. */
  public String id() {
    return id;
  }

  public String title() {
    return title;
  }

  /** What is to be seen, for those who do not see it. */
  public String description() {
    return description;
  }

  public Table values() {
    return values;
  }

  /** Pixels that the inline form is made for. */
  public int width() {
    return width;
  }

  /** A file of its own: on white paper, with the title. */
  public String svg() {
    SvgCanvas canvas = new SvgCanvas(id, width, height + TITLE_HEIGHT);
    drawWithTitle(canvas);
    return canvas.file(title, description);
  }

  /** An element for HTML: without paper and title, in the page's colours. */
  public String inline() {
    SvgCanvas canvas = new SvgCanvas(id, width, height);
    chart.setBackgroundPaint(null);
    chart.setTitle((TextTitle) null);
    chart.draw(canvas, new Rectangle2D.Double(0, 0, width, height), new ChartRenderingInfo());
    return canvas.inline(title + ". " + description);
  }

  /** A PNG file with two pixels for every one of the SVG. */
  public byte[] png() {
    BufferedImage image =
        new BufferedImage(
            PNG_SCALE * width, PNG_SCALE * (height + TITLE_HEIGHT), BufferedImage.TYPE_INT_RGB);
    Graphics2D canvas = image.createGraphics();
    canvas.setRenderingHint(
        RenderingHints.KEY_TEXT_ANTIALIASING, RenderingHints.VALUE_TEXT_ANTIALIAS_ON);
    canvas.scale(PNG_SCALE, PNG_SCALE);
    drawWithTitle(canvas);
    canvas.dispose();
    return encode(image);
  }

  private void drawWithTitle(Graphics2D canvas) {
    chart.setBackgroundPaint(Tone.PAPER.light());
    chart.setTitle(heading());
    chart.draw(
        canvas,
        new Rectangle2D.Double(0, 0, width, height + TITLE_HEIGHT),
        new ChartRenderingInfo());
  }

  private TextTitle heading() {
    TextTitle heading = new TextTitle(title, BOLD.deriveFont(15f));
    heading.setPaint(Tone.INK.light());
    heading.setPadding(6, 0, 8, 0);
    return heading;
  }

  private static byte[] encode(BufferedImage image) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try {
      ImageIO.write(image, "png", out);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return out.toByteArray();
  }
}
