package ai.medr1.report;

import ai.medr1.report.internal.figure.Figure;
import ai.medr1.report.internal.figure.Table;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** The sections of a page while they are written, and the figures in them. */
final class Page {
  /** Wider figures scroll within their frame on narrow screens, so that text stays readable. */
  private static final int NARROWEST_FIGURE = 300;

  private final Html html = new Html();
  private final boolean figureFiles;
  private final List<Figure> figures = new ArrayList<>();
  private final List<List<String>> contents = new ArrayList<>();
  private final Set<String> ids = new HashSet<>();

  /**
   * @param figureFiles whether every figure lies in a file as well, which the page leads to
   */
  Page(boolean figureFiles) {
    this.figureFiles = figureFiles;
  }

  Html html() {
    return html;
  }

  List<Figure> figures() {
    return figures;
  }

  /** Pairs of id and title of the sections. */
  List<List<String>> contents() {
    return contents;
  }

  /** Begins a section. */
  void section(String title) {
    String id = id("section " + title);
    contents.add(List.of(id, title));
    html.open("section", "aria-labelledby", id).leaf("h2", title, "id", id);
  }

  void endSection() {
    html.close("section");
  }

  /** Something that is shown when it is asked for. */
  void closed(String title, Runnable content) {
    html.open("details", "id", id("closed " + title), "class", "closed").leaf("summary", title);
    content.run();
    html.close("details");
  }

  void paragraph(String text) {
    html.leaf("p", text);
  }

  /** Figures side by side where there is room. */
  void figures(List<Figure> some) {
    if (!some.isEmpty()) {
      html.open("div", "class", "figures");
      some.forEach(this::figure);
      html.close("div");
    }
  }

  private void figure(Figure figure) {
    figures.add(figure);
    int narrowest = Math.max(NARROWEST_FIGURE, (int) (0.7 * figure.width()));
    html.open("figure", "id", figure.id(), "style", "--width:" + figure.width() + "px");
    html.leaf("figcaption", figure.title());
    html.open(
            "div",
            "class",
            "scroll",
            "tabindex",
            "0",
            "role",
            "group",
            "aria-label",
            figure.title())
        .open("div", "class", "drawing", "style", "min-width:" + narrowest + "px")
        .raw(figure.inline())
        .close("div")
        .close("div");
    html.open("div", "class", "under");
    html.open("details", "id", figure.id() + "-values")
        .leaf("summary", "Values", "aria-label", "Values of " + figure.title());
    table(figure.title(), figure.values());
    html.close("details");
    if (figureFiles) {
      fileLink(figure, "svg");
      fileLink(figure, "png");
    }
    html.close("div").close("figure");
  }

  private void fileLink(Figure figure, String kind) {
    html.leaf(
        "a",
        kind.toUpperCase(Locale.ROOT),
        "href",
        "figures/" + figure.id() + "." + kind,
        "aria-label",
        figure.title() + " as " + kind.toUpperCase(Locale.ROOT));
  }

  void table(String name, Table table) {
    html.open("div", "class", "scroll", "tabindex", "0", "role", "group", "aria-label", name)
        .open("table")
        .leaf("caption", name)
        .open("thead")
        .open("tr");
    table.header().forEach(head -> html.leaf("th", head, "scope", "col"));
    html.close("tr").close("thead").open("tbody");
    table.rows().forEach(this::row);
    html.close("tbody").close("table").close("div");
  }

  private void row(List<String> row) {
    html.open("tr").leaf("th", row.get(0), "scope", "row");
    row.stream().skip(1).forEach(cell -> html.leaf("td", cell));
    html.close("tr");
  }

  /** An id that nothing else of the page has. */
  String id(String words) {
    String slug = words.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-");
    String id = slug.replaceAll("^-|-$", "");
    for (int i = 2; !ids.add(id); i++) {
      id = slug + "-" + i;
    }
    return id;
  }
}
