package ai.medr1.examples.quickstart;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.checkpoint.Checkpoint;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The quickstart from end to end, with few items and steps. */
class QuickstartTest {
  @TempDir private Path folder;

  @Test
  void leavesAPageASummaryAndCheckpoints() throws IOException {
    Path out = folder.resolve("quickstart");
    String said = run(out);

    assertThat(said).contains("Warm start", "After GRPO", "Overall", "report.html");
    JsonNode summary = new ObjectMapper().readTree(out.resolve("summary.json").toFile());
    assertThat(summary.get("seconds").asDouble()).isPositive();
    for (String time : new String[] {"before", "after"}) {
      assertThat(summary.get(time).get("overall").asDouble()).isBetween(0.0, 1.0);
      assertThat(summary.get(time).get("byModality")).hasSize(8);
      assertThat(summary.get(time).get("byTask")).hasSize(5);
    }
    for (String evaluation : new String[] {"before", "after"}) {
      assertThat(out.resolve("evaluation").resolve(evaluation).resolve("config.json"))
          .content()
          .contains("\"maxNewTokens\" : 48", "\"prompt\" : \"{Question} Think in <think>");
      assertThat(out.resolve("evaluation").resolve(evaluation).resolve("environment.json"))
          .content()
          .containsPattern("\"seconds\" : \\d");
    }
    assertThat(Checkpoint.open(out.resolve("grpo/checkpoint-2")).weights())
        .containsKey("model.norm.weight");
    assertThat(Files.readAllLines(out.resolve("grpo/metrics.jsonl"))).hasSize(2);
    assertThat(Files.readString(out.resolve("report.html")))
        .contains("<svg", "Accuracy by modality", "Reward", "after over")
        .contains("data:image/png;base64,")
        .doesNotContain("src=\"http", "href=\"http");
    assertThat(out.resolve("figures/training-reward.svg")).exists();
  }

  @Test
  void theWarmStartAnswersInTheFormat() throws IOException {
    Path out = folder.resolve("quickstart");
    run(out);
    JsonNode before =
        new ObjectMapper().readTree(out.resolve("evaluation/before/summary.json").toFile());
    assertThat(before.get("unparsable").asInt()).isZero();
  }

  @Test
  void leavesAUsedDirectoryAlone() throws IOException {
    Files.writeString(folder.resolve("mine.txt"), "mine");
    assertThatThrownBy(() -> run(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(folder.toString(), "not empty", "--out");
    assertThat(folder).isDirectoryContaining("glob:**mine.txt");
  }

  private static String run(Path out) throws IOException {
    ByteArrayOutputStream said = new ByteArrayOutputStream();
    PrintStream terminal = new PrintStream(said, true, StandardCharsets.UTF_8);
    new Quickstart(
            new QuickstartOptions(out, 3, false), new Quickstart.Scale(2, 1, 2), terminal, false)
        .run();
    return said.toString(StandardCharsets.UTF_8);
  }
}
