package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Every mode of extraction on every case of answers.json, whose results are Med-R1's own. */
@Tag("parity")
class AnswerGoldensTest {
  @TestFactory
  Stream<DynamicTest> extraction() throws IOException {
    JsonNode goldens =
        new ObjectMapper()
            .readTree(Path.of(System.getProperty("medr1.parity"), "answers.json").toFile());
    return StreamSupport.stream(goldens.get("cases").spliterator(), false)
        .map(c -> DynamicTest.dynamicTest("case " + c.get("id"), () -> check(c)));
  }

  private static void check(JsonNode golden) {
    String completion = completion(golden);
    golden
        .get("eval")
        .properties()
        .forEach(
            mode -> {
              String solution = golden.get("solution").asText();
              AnswerExtractor extractor =
                  AnswerExtractor.valueOf(mode.getKey().toUpperCase(Locale.ROOT));
              check(mode.getValue(), extractor.extract(completion), solution);
            });
  }

  private static void check(JsonNode expected, Optional<String> extracted, String solution) {
    Optional<String> gold = AnswerExtractor.gold(solution);
    assertThat(gold.isEmpty()).isEqualTo(expected.has("error"));
    if (gold.isPresent()) {
      assertThat(extracted).isEqualTo(Optional.ofNullable(expected.get("extracted").textValue()));
      assertThat(extracted.equals(gold)).isEqualTo(expected.get("correct").booleanValue());
    }
  }

  /** Huge completions are stored as a prefix, a repeated unit and a suffix. */
  private static String completion(JsonNode golden) {
    JsonNode repeat = golden.path("repeat");
    return repeat.isObject()
        ? repeat.get("prefix").asText()
            + repeat.get("unit").asText().repeat(repeat.get("count").intValue())
            + repeat.get("suffix").asText()
        : golden.get("completion").asText();
  }
}
