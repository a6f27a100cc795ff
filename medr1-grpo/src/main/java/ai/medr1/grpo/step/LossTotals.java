package ai.medr1.grpo.step;

import ai.medr1.grpo.loss.LossGradient;
import ai.medr1.grpo.loss.Tally;
import java.util.List;
import java.util.Map;

/** The losses of an update's micro-batches, added up. */
public final class LossTotals {
  private final Tally tally = new Tally();
  private double loss;

  /** Of a step whose loss cannot be computed. */
  static LossTotals undefined() {
    LossTotals totals = new LossTotals();
    totals.loss = Double.NaN;
    return totals;
  }

  void add(LossGradient part) {
    loss += part.value();
    tally.add(part.tally());
  }

  /**
   * Notes how far the log-probabilities of the trainer are from those of the sampler.
   *
   * @param logps [B][G][tokens] of the trainer
   * @param taken whether they are the sampler's own, so that there is nothing to note
   */
  void addDrift(float[][][] logps, List<Drawn> drawn, boolean taken) {
    if (taken) {
      return;
    }
    for (int b = 0; b < logps.length; b++) {
      for (int g = 0; g < logps[b].length; g++) {
        float[] sampler = drawn.get(b).completions().get(g).logps();
        for (int t = 0; t < sampler.length; t++) {
          double difference = Math.abs((double) logps[b][g][t] - sampler[t]);
          tally.mean("sampling/sampling_logp_difference/mean", difference, 1);
          tally.max("sampling/sampling_logp_difference/max", difference);
        }
      }
    }
  }

  /** Adds another update of the same step. */
  public void add(LossTotals update) {
    loss += update.loss;
    tally.add(update.tally);
  }

  /** The loss, as far as it was added up. */
  public double loss() {
    return loss;
  }

  /** What the loss reports, by name. */
  public Map<String, Double> metrics() {
    return tally.values();
  }
}
