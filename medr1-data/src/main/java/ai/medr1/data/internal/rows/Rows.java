package ai.medr1.data.internal.rows;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;

/** Reads rows of files, one after the other, whatever kind of file it is. */
public final class Rows {
  /** Endings of files with rows. */
  private static final List<String> ENDINGS =
      List.of(".json", ".jsonl", ".ndjson", ".csv", ".tsv", ".parquet");

  private static final int HEAD = 4096;

  private Rows() {}

  /** Whether a file's name has the ending of a file with rows. */
  public static boolean isNamedSo(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return ENDINGS.stream().anyMatch(name::endsWith);
  }

  /** The name without its ending. */
  public static String stem(Path file) {
    String name = String.valueOf(file.getFileName());
    return isNamedSo(file) ? name.substring(0, name.lastIndexOf('.')) : name;
  }

  /**
   * Reads all rows. The content tells JSON, JSON Lines and Parquet apart, the ending CSV and TSV.
   *
   * @throws InputException naming file, row and what is wrong, if the file is none of these or is
   *     damaged
   */
  public static void read(Path file, Consumer<Row> each) {
    try {
      byte[] head = head(file);
      String text = new String(head, StandardCharsets.UTF_8).replace("\uFEFF", "").stripLeading();
      if (text.startsWith("PAR1")) {
        parquet(file, each);
      } else if (isSeparated(file)) {
        CsvRows.read(file, each);
      } else if (text.startsWith("[") || text.startsWith("{") || startsWithMark(head)) {
        JsonRows.read(file, each);
      } else {
        throw unknown(file, text);
      }
    } catch (IOException e) {
      throw new InputException("cannot read " + file + ": " + IoReason.of(e), e);
    }
  }

  private static boolean isSeparated(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    return name.endsWith(".csv") || name.endsWith(".tsv");
  }

  /** A mark of UTF-16 or UTF-32, which the JSON parser knows. */
  private static boolean startsWithMark(byte[] head) {
    return head.length > 1 && (head[0] & 0xff) >= 0xfe && (head[1] & 0xff) >= 0xfe;
  }

  private static byte[] head(Path file) throws IOException {
    try (InputStream input = Files.newInputStream(file)) {
      return input.readNBytes(HEAD);
    }
  }

  private static void parquet(Path file, Consumer<Row> each) throws IOException {
    try {
      ParquetRows.read(file, each);
    } catch (NoClassDefFoundError e) {
      throw new InputException(
          ("%s is a Parquet file, but the library that reads Parquet is not on the class path (%s"
                  + " is missing); add blue.strategic.parquet:parquet-floor, or save the rows as JSON"
                  + " Lines")
              .formatted(file, e.getMessage()),
          e);
    }
  }

  private static InputException unknown(Path file, String text) {
    String found =
        text.isEmpty()
            ? "nothing: the file is empty"
            : "'" + text.lines().findFirst().orElse("").replaceAll("(.{40}).+", "$1…") + "'";
    return new InputException(
        "%s must hold a JSON array of items, JSON Lines, CSV or Parquet, found %s"
            .formatted(file, found));
  }
}
