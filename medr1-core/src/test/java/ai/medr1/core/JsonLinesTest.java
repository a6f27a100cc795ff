package ai.medr1.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonLinesTest {
  /** With characters of two, three and four bytes, and line ends of other systems in a text. */
  private static final String ROW = "{\"text\": \"é 肂 \ud83d\ude00 \u2028 \\r\\n\", \"n\": 12}";

  @TempDir Path dir;
  private Path file;

  @BeforeEach
  void name() {
    file = dir.resolve("rows.jsonl");
  }

  private List<ObjectNode> read(String text) throws IOException {
    return read(text.getBytes(StandardCharsets.UTF_8));
  }

  private List<ObjectNode> read(byte[] bytes) throws IOException {
    Files.write(file, bytes);
    try (Stream<ObjectNode> rows = JsonLines.read(file)) {
      return rows.toList();
    }
  }

  @Test
  void rowsComeInTheirOrder() throws IOException {
    assertThat(read("")).isEmpty();
    List<ObjectNode> rows = read(ROW + "\n{\"n\": 1}\r\n");
    assertThat(rows).hasSize(2);
    assertThat(rows.get(0).get("text").textValue()).isEqualTo("é 肂 \ud83d\ude00 \u2028 \r\n");
    assertThat(rows.get(1).get("n").intValue()).isEqualTo(1);
  }

  @Test
  void aLastLineThatIsHalfWrittenIsLeftOutWhereverItEnds() throws IOException {
    byte[] both = (ROW + "\n" + ROW).getBytes(StandardCharsets.UTF_8);
    int one = both.length / 2;
    for (int end = one; end < both.length; end++) {
      assertThat(read(Arrays.copyOf(both, end))).as("%d bytes", end).hasSize(1);
    }
    assertThat(read(both)).hasSize(2); // nothing but the end of the line is missing
  }

  @Test
  void rowsAreReadAsTheyAreAskedFor() throws IOException {
    Files.writeString(file, "{\"n\": 1}\n{\"n\": 2}\nno row\n");
    try (Stream<ObjectNode> rows = JsonLines.read(file)) {
      assertThat(rows.limit(2)).hasSize(2);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"n":            | :2 is not JSON: it ends too early
          {"n": 1, "n": 2} | :2 is not JSON: the key "n" is there twice
          {"n": 1} {}      | :2 is not JSON: something follows behind its end
          {"n": NaN}       | :2 is not JSON: NaN is no JSON value
          [1, 2]           | :2 must hold one JSON object, found array
          ``               | :2 must hold one JSON object, found nothing
          """)
  void otherLinesAreRefusedByTheirNumber(String line, String why) {
    assertThatThrownBy(() -> read("{}\n" + line + "\n{}"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(file + why)
        .hasMessageContaining("mend the line or take it out");
  }

  @Test
  void bytesThatAreNoTextAreRefused() {
    assertThatThrownBy(() -> read(new byte[] {'{', '}', '\n', (byte) 0xff, '\n'}))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(file + ":2 is not JSON: its bytes are not UTF-8");
  }

  @Test
  void aFileThatIsMissingIsSaidToBe() {
    assertThatThrownBy(() -> JsonLines.read(file).close())
        .isInstanceOf(InputException.class)
        .hasMessageContaining("does not exist");
  }
}
