package ai.medr1.grpo.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressBarTest {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final PrintStream out = new PrintStream(bytes, true, StandardCharsets.UTF_8);

  @Test
  void writesOverOneLineOnATerminal() {
    ProgressBar bar = new ProgressBar(out, true);
    bar.onStep(report(1, 4, 100, 40));
    bar.onStep(report(2, 4, 9, 20));
    bar.onEnd(new TrainingResult(Path.of("checkpoint-4"), 4, 4, false));
    assertThat(written().replace(System.lineSeparator(), "\n"))
        .isEqualTo(
            "\r"
                + "1/4 [###---------]  reward 1.25  accuracy 0.50  2m00s left  length 100\r"
                + "2/4 [######------]  reward 1.25  accuracy 0.50  1m00s left  length 9  \n");
  }

  @Test
  void writesPlainLinesElsewhere() {
    ProgressBar bar = new ProgressBar(out, false);
    for (int step = 1; step <= 450; step++) {
      bar.onStep(report(step, 450, 84, 60));
    }
    List<String> lines = written().lines().toList();
    assertThat(lines).hasSize(113);
    assertThat(lines.get(0))
        .isEqualTo("4/450  reward 1.25  accuracy 0.50  7h26m left  length 84  tokens/s 345");
    assertThat(lines.get(112)).startsWith("450/450 ").contains("0s left");
  }

  @Test
  void showsRewardsBeforeTheRun() {
    Map<String, Double> rewards = Map.of("accuracy", 1.0);
    new ProgressBar(out, false)
        .onDryRun(
            List.of(
                new CompletionSample(
                    "id", "i.png", "/i.png", "?", "B", "B\n\n!", 2, true, rewards, 0.5, 0)));
    assertThat(written().lines())
        .containsExactly("Rewards of completions before training:", "   0.50 {accuracy=1.0}  B !");
  }

  private String written() {
    return bytes.toString(StandardCharsets.UTF_8);
  }

  private static StepReport report(long step, long total, double length, double seconds) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("reward", 1.25);
    metrics.put("rewards/accuracy/mean", 0.5);
    metrics.put("completions/mean_length", length);
    metrics.put("tokens_per_s", 345.0);
    metrics.put("step_time", seconds);
    return new StepReport(step, total, metrics, List.of());
  }
}
