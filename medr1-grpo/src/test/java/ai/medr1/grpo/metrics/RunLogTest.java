package ai.medr1.grpo.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunLogTest {
  @TempDir Path dir;

  @Test
  void everyStepHasItsRows() throws IOException {
    write(0, 1, 2);
    List<JsonNode> rows = rows("metrics.jsonl");
    assertThat(rows).extracting(r -> r.get("step").asInt()).containsExactly(1, 2);
    assertThat(rows.get(1).get("loss").asDouble()).isEqualTo(0.2);
    assertThat(rows.get(1).get("kl").isNull()).isTrue();
    JsonNode sample = rows("completions.jsonl").get(1);
    assertThat(sample.get("step").asInt()).isEqualTo(2);
    assertThat(sample.get("gold").asText()).isEqualTo("B");
    assertThat(sample.get("rewards").get("accuracy").asDouble()).isEqualTo(1);
  }

  @Test
  void aResumedRunDropsLaterStepsFirst() throws IOException {
    write(0, 1, 2, 3, 4);
    long before = Files.size(dir.resolve("events.out.tfevents.medr1"));
    write(2, 3, 4);
    for (String file : List.of("metrics.jsonl", "completions.jsonl")) {
      assertThat(rows(file)).extracting(r -> r.get("step").asInt()).containsExactly(1, 2, 3, 4);
    }
    assertThat(dir.resolve("events.out.tfevents.medr1")).hasSize(before);
    assertThat(dir.toFile().list()).hasSize(3);
  }

  @Test
  void aNewRunStartsAnew() throws IOException {
    write(0, 1, 2);
    write(0, 1);
    assertThat(rows("metrics.jsonl")).hasSize(1);
  }

  @Test
  void aRowThatWasCutOffIsDropped() throws IOException {
    write(0, 1);
    Files.writeString(dir.resolve("metrics.jsonl"), "{\"step\":2,\"lo", StandardOpenOption.APPEND);
    byte[] withinACharacter = {'{', '"', (byte) 0xE8, (byte) 0x82};
    Files.write(dir.resolve("completions.jsonl"), withinACharacter, StandardOpenOption.APPEND);
    write(2, 3);
    assertThat(rows("metrics.jsonl")).extracting(r -> r.get("step").asInt()).containsExactly(1, 3);
  }

  @Test
  void aFaultyRowIsNamed() throws IOException {
    Files.writeString(dir.resolve("metrics.jsonl"), "{\"step\":1}\n{\"st\n{\"step\":3}\n");
    assertThatThrownBy(() -> RunLog.open(dir, 3, 3))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("metrics.jsonl:2");
  }

  private void write(long lastStep, long... steps) {
    try (RunLog log = RunLog.open(dir, lastStep, lastStep)) {
      for (long step : steps) {
        log.onStep(report(step));
      }
    }
  }

  private static StepReport report(long step) {
    CompletionSample sample =
        new CompletionSample(
            "id",
            "a.png",
            "/images/a.png",
            "Which?",
            "B",
            "<answer>B</answer>",
            4,
            true,
            Map.of("accuracy", 1.0),
            1,
            0.5);
    return new StepReport(step, 4, Map.of("loss", 0.1 * step, "kl", Double.NaN), List.of(sample));
  }

  private List<JsonNode> rows(String file) throws IOException {
    ObjectMapper json = new ObjectMapper();
    return Files.readAllLines(dir.resolve(file)).stream()
        .map(
            line -> {
              try {
                return json.readTree(line);
              } catch (IOException e) {
                throw new AssertionError(line, e);
              }
            })
        .toList();
  }
}
