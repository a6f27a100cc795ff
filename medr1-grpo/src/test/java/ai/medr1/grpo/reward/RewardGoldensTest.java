package ai.medr1.grpo.reward;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Rewards on every case of answers.json, whose results are those of Med-R1's own functions. */
@Tag("parity")
class RewardGoldensTest {
  @TestFactory
  Stream<DynamicTest> rewards() throws IOException {
    JsonNode goldens =
        new ObjectMapper()
            .readTree(Path.of(System.getProperty("medr1.parity"), "answers.json").toFile());
    return StreamSupport.stream(goldens.get("cases").spliterator(), false)
        .map(c -> DynamicTest.dynamicTest("case " + c.get("id"), () -> check(c)));
  }

  private static void check(JsonNode golden) {
    String completion = completion(golden);
    assertThat(AccuracyReward.score(completion, golden.get("solution").asText()))
        .as("accuracy")
        .isEqualTo(golden.get("accuracy_reward").doubleValue());
    assertThat(score(Format.THINK, completion))
        .as("format, think")
        .isEqualTo(golden.get("format_reward").doubleValue());
    assertThat(score(Format.NO_THINK, completion))
        .as("format, no-think")
        .isEqualTo(golden.get("format_reward_nothink").doubleValue());
  }

  private static double score(Format format, String completion) {
    return new FormatReward(format).score(Items.withSolution("A"), completion, new int[0]);
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
