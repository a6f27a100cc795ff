package ai.medr1.grpo.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class MicrometerListenerTest {
  private final SimpleMeterRegistry registry = new SimpleMeterRegistry();

  private static StepReport report(long step, double reward) {
    return new StepReport(
        step, 9, Map.of("rewards/accuracy/mean", reward, "step_time", 1.5), List.of());
  }

  private double gauge(String name) {
    return registry.get(name).tag("run", "ct").gauge().value();
  }

  @Test
  void metersHaveTheMetricsOfTheLastStep() {
    MicrometerListener listener = new MicrometerListener(registry, "run", "ct");
    listener.onStep(report(1, 0.25));
    System.gc(); // gauges hold what they show weakly; the listener holds it
    listener.onStep(report(2, 0.5));

    assertThat(gauge("medr1.training.rewards.accuracy.mean")).isEqualTo(0.5);
    assertThat(gauge("medr1.training.steps.done")).isEqualTo(2);
    assertThat(gauge("medr1.training.steps.total")).isEqualTo(9);
    var steps = registry.get("medr1.training.step").tag("run", "ct").timer();
    assertThat(steps.count()).isEqualTo(2);
    assertThat(steps.totalTime(TimeUnit.SECONDS)).isEqualTo(3);
  }
}
