package ai.medr1.grpo.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EventFileTest {

  @Test
  void equalsWhatTensorboardWrites(@TempDir Path dir) throws IOException {
    Path file = dir.resolve("events");
    try (EventFile events = new EventFile(file, 1.5e9)) {
      for (int step : new int[] {1, 300}) {
        Map<String, Double> scalars = new LinkedHashMap<>();
        scalars.put("loss", 0.125 * step);
        scalars.put("rewards/é/mean", -3e-7);
        events.append(1.5e9 + step, step, scalars);
      }
    }
    try (var golden = getClass().getResourceAsStream("/events/two-steps.tfevents")) {
      assertThat(file).hasBinaryContent(golden.readAllBytes());
    }
  }
}
