package ai.medr1.report.internal.figure;

import java.util.List;

/**
 * Text in rows and columns.
 *
 * @param header a name for every column
 * @param rows each with its name first and as long as the header
 */
public record Table(List<String> header, List<List<String>> rows) {
  public Table {
    header = List.copyOf(header);
    rows = rows.stream().map(List::copyOf).toList();
    for (List<String> row : rows) {
      if (row.size() != header.size()) {
        throw new IllegalArgumentException("a row of the table " + header + " is " + row);
      }
    }
  }
}
