package ai.medr1.grpo.metrics;

import ai.medr1.eval.EvalReport;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * An evaluation on held-out items while a run goes on.
 *
 * @param step after which it was made; 0 before the first
 * @param values {@code accuracy}, and the mean of every score of texts that applies to some item
 * @param best whether it is the best so far
 * @param report all answers
 */
public record HeldOutReport(
    long step, Map<String, Double> values, boolean best, EvalReport report) {
  public HeldOutReport {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }
}
