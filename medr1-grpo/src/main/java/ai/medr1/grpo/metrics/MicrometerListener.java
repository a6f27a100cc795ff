package ai.medr1.grpo.metrics;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Metrics of a run as meters of Micrometer: a gauge for each metric of the last step ({@code
 * rewards/accuracy/mean} is {@code medr1.training.rewards.accuracy.mean}), {@code
 * medr1.training.steps.done} and {@code .total}, and the timer {@code medr1.training.step}.
 *
 * <p>Micrometer is an optional dependency: a program that uses this class brings {@code
 * io.micrometer:micrometer-core}.
 */
public final class MicrometerListener implements TrainingListener {
  private static final String PREFIX = "medr1.training.";

  private final MeterRegistry registry;
  private final Tags tags;
  private final Timer steps;
  private final Map<String, AtomicReference<Double>> values = new ConcurrentHashMap<>();

  /**
   * @param tags of all meters, such as {@code run}, {@code ct-1}: key, value, key, value
   */
  public MicrometerListener(MeterRegistry registry, String... tags) {
    this.registry = registry;
    this.tags = Tags.of(tags);
    this.steps = registry.timer(PREFIX + "step", this.tags);
  }

  @Override
  public void onStep(StepReport report) {
    report.metrics().forEach(this::set);
    set("steps.done", (double) report.step());
    set("steps.total", (double) report.totalSteps());
    double seconds = report.metrics().getOrDefault("step_time", 0.0);
    steps.record(Duration.ofNanos(Math.round(1e9 * seconds)));
  }

  private void set(String metric, double value) {
    values.computeIfAbsent(metric, this::gauge).set(value);
  }

  private AtomicReference<Double> gauge(String metric) {
    AtomicReference<Double> value = new AtomicReference<>(Double.NaN);
    registry.gauge(PREFIX + metric.replace('/', '.'), tags, value, AtomicReference::get);
    return value;
  }
}
