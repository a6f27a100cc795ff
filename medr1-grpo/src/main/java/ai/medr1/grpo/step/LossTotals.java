package ai.medr1.grpo.step;

import ai.medr1.grpo.loss.LossGradient;
import java.util.Map;
import java.util.TreeMap;

/** The losses of a step's micro-batches, added up. */
public final class LossTotals {
  private final Map<String, Double> tokenSums = new TreeMap<>();
  private double loss;

  /** Of a step whose loss cannot be computed. */
  static LossTotals undefined() {
    LossTotals totals = new LossTotals();
    totals.loss = Double.NaN;
    return totals;
  }

  void add(LossGradient part) {
    loss += part.value();
    part.tokenSums().forEach((name, sum) -> tokenSums.merge(name, sum, Double::sum));
  }

  /** The loss of the step, as far as it was added up. */
  public double loss() {
    return loss;
  }

  /** What the loss reports per token, averaged over the tokens of the step. */
  public Map<String, Double> tokenMeans(long tokens) {
    Map<String, Double> means = new TreeMap<>();
    tokenSums.forEach((name, sum) -> means.put(name, sum / tokens));
    return means;
  }
}
