package ai.medr1.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonFileTest {
  @TempDir Path dir;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"a": 1                | it ends too early
          {"a": 1} x             | x is no JSON value
          {"a": 1}{"b": 2}       | something follows behind its end
          {"a": 1, "a": 2}       | the key "a" is there twice
          {"a": NaN}             | NaN is no JSON value
          {"a": -Infinity}       | -Infinity is no JSON value
          {"a": True}            | True is no JSON value
          {'a': 1}               | unexpected ', expected double-quote
          {"a": 1,}              | unexpected }, expected double-quote
          {"a": 1 // one}        | comments are not allowed
          {"a" 1}                | unexpected 1, expected a colon
          {"a": 01}              | Leading zeroes not allowed
          [1, 2]                 | must hold one JSON object, found array
          """)
  void saysInWordsWhatIsWrong(String content, String message) throws IOException {
    Path file = Files.writeString(dir.resolve("f.json"), content);
    assertThatThrownBy(() -> JsonFile.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(message)
        .satisfies(
            e ->
                assertThat(e.getMessage())
                    .doesNotContain("\n", "REDACTED", "Feature", "`", "Source", "jackson"));
  }

  @Test
  void namesTheLine() throws IOException {
    Path file = Files.writeString(dir.resolve("f.json"), "{\n\"a\": 1,\n\"b\": x}");
    assertThatThrownBy(() -> JsonFile.read(file)).hasMessageContaining("not JSON in line 3");
  }

  @Test
  void aByteOrderMarkIsPassedOver() throws IOException {
    Path file = Files.writeString(dir.resolve("f.json"), "\ufeff{\"a\": 1}");
    assertThat(JsonFile.read(file).get("a").asInt()).isEqualTo(1);
  }

  @Test
  void otherEncodingsAreRefused() throws IOException {
    Path file =
        Files.write(dir.resolve("f.json"), "{\"a\": \"é\"}".getBytes(StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> JsonFile.read(file)).hasMessageContaining("its bytes are not UTF-8");
  }

  @Test
  void aFileThatIsMissingIsSaidToBe() {
    assertThatThrownBy(() -> JsonFile.read(dir.resolve("none")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("does not exist");
  }
}
