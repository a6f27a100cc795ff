package ai.medr1.report.internal.figure;

import java.awt.Color;
import java.awt.Dimension;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.apache.batik.svggen.SVGIDGenerator;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * A canvas that becomes SVG with real text. Text is given the width that the layout counted with,
 * since the fonts of the one who looks are others.
 */
final class SvgCanvas extends SVGGraphics2D {
  private static final String NAMESPACE = "http://www.w3.org/2000/svg";
  private static final String FONT = "system-ui, 'Segoe UI', Helvetica, Arial, sans-serif";

  private final int width;
  private final int height;
  private final List<Double> textWidths = new ArrayList<>();

  SvgCanvas(String id, int width, int height) {
    super(context(id), false);
    this.width = width;
    this.height = height;
    setSVGCanvasSize(new Dimension(width, height));
  }

  private static SVGGeneratorContext context(String id) {
    SVGGeneratorContext context = SVGGeneratorContext.createDefault(document());
    context.setComment(null);
    context.setIDGenerator(new Ids(id));
    return context;
  }

  private static Document document() {
    try {
      return DocumentBuilderFactory.newInstance()
          .newDocumentBuilder()
          .getDOMImplementation()
          .createDocument(NAMESPACE, "svg", null);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Several figures in one page must not share ids. */
  private static final class Ids extends SVGIDGenerator {
    private final String figure;

    Ids(String figure) {
      this.figure = figure;
    }

    @Override
    public String generateID(String prefix) {
      return figure + "-" + super.generateID(prefix);
    }
  }

  @Override
  public void drawString(String text, float x, float y) {
    textWidths.add(getFont().getStringBounds(text, getFontRenderContext()).getWidth());
    super.drawString(text, x, y);
  }

  /** A file that shows the drawing by itself. */
  String file(String title, String description) {
    Element root = root();
    root.insertBefore(described("desc", description), root.getFirstChild());
    root.insertBefore(described("title", title), root.getFirstChild());
    root.setAttribute("width", String.valueOf(width));
    root.setAttribute("height", String.valueOf(height));
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + text(root) + "\n";
  }

  /** An element for HTML, which needs no namespaces. */
  String inline(String label) {
    Element root = root();
    root.setAttribute("role", "img");
    root.setAttribute("aria-label", label);
    String text = text(root).replaceAll(" xmlns(:xlink)?=\"[^\"]*\"", "");
    for (Tone tone : Tone.values()) {
      text = text.replace(rgb(tone.light()), tone.variable());
    }
    return text;
  }

  private Element root() {
    Element root = getRoot();
    root.setAttribute("viewBox", "0 0 %d %d".formatted(width, height));
    root.removeAttribute("width");
    root.removeAttribute("height");
    NodeList texts = root.getElementsByTagNameNS(NAMESPACE, "text");
    if (texts.getLength() != textWidths.size()) {
      throw new IllegalStateException(
          "%d texts were drawn and %d written".formatted(textWidths.size(), texts.getLength()));
    }
    for (int i = 0; i < texts.getLength(); i++) {
      Element text = (Element) texts.item(i);
      text.setAttribute("textLength", String.format(Locale.ROOT, "%.1f", textWidths.get(i)));
      text.setAttribute("lengthAdjust", "spacingAndGlyphs");
    }
    return root;
  }

  private Element described(String name, String text) {
    Element element = getDOMFactory().createElementNS(NAMESPACE, name);
    element.setTextContent(text);
    return element;
  }

  private String text(Element root) {
    StringWriter out = new StringWriter();
    try {
      stream(root, out, true, false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    String text = out.toString();
    return text.substring(text.indexOf("<svg"))
        .replaceAll("font-family:[^;]*;", "font-family:" + FONT + ";")
        .strip();
  }

  private static String rgb(Color color) {
    return "rgb(%d,%d,%d)".formatted(color.getRed(), color.getGreen(), color.getBlue());
  }
}
