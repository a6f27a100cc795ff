package ai.medr1.report;

import ai.medr1.report.internal.figure.Figure;
import ai.medr1.report.internal.figure.Table;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A figure of a report alone, for programs and shells. */
public final class Plot {
  private static final int MOST_ROWS = 24;
  private static final int WIDEST = 28;

  private final Figure figure;

  private Plot(Figure figure) {
    this.figure = figure;
  }

  /**
   * All figures that {@link Report} has of some runs, in its order.
   *
   * @throws ai.medr1.core.InputException as {@link Report#read}
   */
  public static List<Plot> of(Path... runs) {
    return Report.read("", List.of(runs)).figures().stream().map(Plot::new).toList();
  }

  /** Lower-case letters, digits and hyphens, unique among the figures of the same runs. */
  public String id() {
    return figure.id();
  }

  public String title() {
    return figure.title();
  }

  /** A PNG file, with the title. */
  public byte[] png() {
    return figure.png();
  }

  /** The values as a table for terminals; of many rows every n-th, with the first and the last. */
  public String text() {
    Table values = figure.values();
    List<List<String>> rows = new ArrayList<>(List.of(values.header()));
    int last = values.rows().size() - 1;
    int shown = Math.min(last + 1, MOST_ROWS);
    for (int i = 0; i < shown; i++) {
      rows.add(values.rows().get(shown == 1 ? 0 : Math.round((float) i * last / (shown - 1))));
    }
    StringBuilder text = new StringBuilder(figure.title()).append('\n');
    int[] widths = widths(rows);
    rows.forEach(row -> text.append(line(row, widths)));
    return text.toString();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < row.size(); i++) {
      String format = "%" + (i == 0 ? "-" : "") + widths[i] + "s  ";
      line.append(format.formatted(cut(row.get(i))));
    }
    return "  " + line.toString().stripTrailing() + "\n";
  }

  private static int[] widths(List<List<String>> rows) {
    int[] widths = new int[rows.get(0).size()];
    for (List<String> row : rows) {
      for (int i = 0; i < widths.length; i++) {
        widths[i] = Math.max(widths[i], cut(row.get(i)).length());
      }
    }
    return widths;
  }

  private static String cut(String cell) {
    return cell.length() <= WIDEST ? cell : cell.substring(0, WIDEST - 1) + "…";
  }
}
