package ai.medr1.grpo.metrics;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What one optimizer step did.
 *
 * @param step number of the step, the first is 1
 * @param totalSteps steps of the whole run
 * @param metrics by name, in the order in which they are shown; names are those of TRL where they
 *     mean the same
 * @param samples completions of the step to look at
 */
public record StepReport(
    long step, long totalSteps, Map<String, Double> metrics, List<CompletionSample> samples) {
  private static final List<String> SHOWN =
      List.of("reward", "loss", "kl", "grad_norm", "completions/mean_length", "step_time");

  public StepReport {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    samples = List.copyOf(samples);
  }

  /** One line with what is looked at first; all metrics are in {@link #metrics}. */
  @Override
  public String toString() {
    StringBuilder line = new StringBuilder("step " + step + " of " + totalSteps + ":");
    for (String name : SHOWN) {
      if (metrics.containsKey(name)) {
        line.append(String.format(Locale.ROOT, " %s %.4g,", name, metrics.get(name)));
      }
    }
    return line.substring(0, line.length() - 1);
  }
}
