package ai.medr1.grpo.metrics;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
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
  public StepReport {
    metrics = Collections.unmodifiableMap(new LinkedHashMap<>(metrics));
    samples = List.copyOf(samples);
  }
}
