package ai.medr1.data.internal.rows;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.csv.CsvFactory;
import com.fasterxml.jackson.dataformat.csv.CsvMapper;
import com.fasterxml.jackson.dataformat.csv.CsvParser;
import com.fasterxml.jackson.dataformat.csv.CsvSchema;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Lines of cells, the first of which names the columns: RFC 4180, with commas, semicolons or
 * tabulators between cells. An empty cell is no value.
 */
final class CsvRows {
  private static final CsvMapper CSV =
      new CsvMapper(
          CsvFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder().maxStringLength(1 << 28).build())
              .enable(CsvParser.Feature.WRAP_AS_ARRAY)
              .enable(CsvParser.Feature.SKIP_EMPTY_LINES)
              .build());

  private CsvRows() {}

  static void read(Path file, Consumer<Row> each) throws IOException {
    try (BufferedReader text = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
      skipMark(text);
      char separator = separator(text);
      CsvSchema schema = CsvSchema.emptySchema().withColumnSeparator(separator);
      try (MappingIterator<String[]> lines =
          CSV.readerFor(String[].class).with(schema).readValues(text)) {
        read(file, lines, each);
      }
    } catch (JsonProcessingException e) {
      int line = e.getLocation() == null ? 1 : e.getLocation().getLineNr();
      throw new InputException(
          "%s line %d is not valid CSV: %s; is a quote missing?"
              .formatted(file, line, IoReason.ofJson(e)),
          e);
    }
  }

  private static void skipMark(BufferedReader text) throws IOException {
    text.mark(1);
    if (text.read() != 0xFEFF) {
      text.reset();
    }
  }

  /** The separator that the line of names has most of, outside of quotes. */
  private static char separator(BufferedReader text) throws IOException {
    text.mark(1 << 16);
    int[] counts = new int[3];
    String candidates = ",;\t";
    boolean quoted = false;
    for (int i = 0; i < 1 << 16; i++) {
      int c = text.read();
      if (c < 0 || (!quoted && (c == '\n' || c == '\r') && i > 0)) {
        break;
      }
      quoted ^= c == '"';
      if (!quoted && candidates.indexOf(c) >= 0) {
        counts[candidates.indexOf(c)]++;
      }
    }
    text.reset();
    int best = counts[1] > counts[0] ? 1 : 0;
    return candidates.charAt(counts[2] > counts[best] ? 2 : best);
  }

  private static void read(Path file, MappingIterator<String[]> lines, Consumer<Row> each)
      throws IOException {
    if (!lines.hasNextValue()) {
      throw new InputException(file + " must begin with a line of column names, found nothing");
    }
    List<String> names = names(file, lines.nextValue());
    int index = 0;
    long line = lines.getCurrentLocation().getLineNr();
    while (lines.hasNextValue()) {
      line = Math.max(line, lines.getParser().currentTokenLocation().getLineNr());
      String[] cells = lines.nextValue();
      requireAll(file, line, names, cells);
      each.accept(new Row(object(names, cells), file, index++, line));
    }
  }

  private static List<String> names(Path file, String[] cells) {
    List<String> names = new ArrayList<>();
    Set<String> seen = new LinkedHashSet<>();
    for (String cell : cells) {
      String name = cell == null ? "" : cell.strip();
      if (!name.isEmpty() && !seen.add(Row.plain(name))) {
        throw new InputException(
            "%s line 1: the column '%s' is there twice; rename one".formatted(file, name));
      }
      names.add(name);
    }
    return names;
  }

  private static void requireAll(Path file, long line, List<String> names, String[] cells) {
    if (cells.length != names.size()) {
      throw new InputException(
          ("%s line %d: expected %d cells, as many as there are columns, found %d; quote cells that"
                  + " hold the separator or line ends")
              .formatted(file, line, names.size(), cells.length));
    }
  }

  private static ObjectNode object(List<String> names, String[] cells) {
    ObjectNode row = JsonNodeFactory.instance.objectNode();
    for (int i = 0; i < cells.length; i++) {
      // A column without a name is the row number that pandas writes.
      if (!names.get(i).isEmpty()) {
        row.put(names.get(i), cells[i] == null || cells[i].isEmpty() ? null : cells[i]);
      }
    }
    return row;
  }
}
