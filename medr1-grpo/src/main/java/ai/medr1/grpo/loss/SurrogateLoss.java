package ai.medr1.grpo.loss;

import java.util.Optional;

/**
 * The loss of GRPO and its kin: Σ w·(surrogate(ρ, A) + β·KL) over the tokens of a step.
 *
 * <p>GRPO (DeepSeekMath, arXiv 2402.03300, equations 3 and 4) is the clipped surrogate of every
 * token's ratio, averaged over the tokens of a completion, then over completions. Others exchange
 * one part: see {@link Surrogate}, {@link Ratio}, {@link Aggregation} and {@link KlPenalty}.
 *
 * <p>Deviation: a completion without tokens costs 0, instead of dividing by zero.
 *
 * @param ratio of tokens or of completions
 * @param surrogate what a token costs
 * @param aggregation how tokens add up
 * @param kl what keeps the policy near the reference
 */
public record SurrogateLoss(Ratio ratio, Surrogate surrogate, Aggregation aggregation, KlPenalty kl)
    implements PolicyLoss {

  public SurrogateLoss {
    if (kl.corrected() && ratio == Ratio.SEQUENCE) {
      throw new IllegalArgumentException(
          "the corrected divergence is one of tokens, but the ratio is that of completions; use the ratio of tokens, or the divergence as it is");
    }
  }

  /** GRPO's. */
  public static SurrogateLoss grpo(double low, double high, double beta) {
    return new SurrogateLoss(
        Ratio.TOKEN, new Clipped(low, high, 0), Aggregation.SEQUENCE_MEAN, KlPenalty.k3(beta));
  }

  /** Med-R1's: β 0.04. It makes one update per batch, so that every ratio is 1. */
  public static SurrogateLoss medR1() {
    return grpo(0.2, 0.2, 0.04);
  }

  @Override
  public LossGradient of(PolicyBatch batch) {
    if (kl.beta() > 0 && batch.refLogps().isEmpty()) {
      throw new IllegalArgumentException(
          "beta is positive, but the batch has no log-probabilities of a reference");
    }
    Tally tally = new Tally();
    double loss = 0;
    float[][][] derivative = new float[batch.logps().length][][];
    for (int b = 0; b < derivative.length; b++) {
      derivative[b] = new float[batch.logps()[b].length][];
      for (int g = 0; g < derivative[b].length; g++) {
        derivative[b][g] = new float[batch.logps()[b][g].length];
        if (derivative[b][g].length > 0 && batch.counts(b, g)) {
          loss += completion(batch, b, g, derivative[b][g], tally);
        } else if (ratio == Ratio.SEQUENCE && !batch.isOnPolicy()) {
          surrogate.count(new double[] {1}, batch.advantages()[b][g], tally);
        }
      }
    }
    return new LossGradient(loss, derivative, tally);
  }

  /**
   * The cost of a completion.
   *
   * @param derivative [tokens] gets that of the cost
   */
  private double completion(PolicyBatch batch, int b, int g, float[] derivative, Tally tally) {
    float[] logps = batch.logps()[b][g];
    double[] ratios = ratio.of(logps, batch.oldLogps()[b][g]);
    double advantage = batch.advantages()[b][g];
    Optional<float[]> ref =
        kl.beta() > 0 ? batch.refLogps().map(all -> all[b][g]) : Optional.empty();
    double weight = aggregation.weight(logps.length, batch.step());
    double beta = kl.beta() * batch.step().klWeight();
    double loss = 0;
    double divergence = 0;
    for (int t = 0; t < logps.length; t++) {
      double cost = surrogate.cost(ratios[t], advantage, logps[t]);
      double slope = surrogate.slope(ratios[t], advantage);
      if (ref.isPresent()) {
        double r = (double) ref.get()[t] - logps[t];
        double value = kl.value(r, ratios[t]);
        divergence += value;
        cost += beta * value;
        slope += beta * kl.slope(r, ratios[t]);
      }
      loss += weight * cost;
      derivative[t] = (float) (weight * slope);
    }
    if (ref.isPresent()) {
      tally.mean("kl", divergence, logps.length);
    }
    if (!batch.isOnPolicy()) {
      surrogate.count(ratio == Ratio.TOKEN ? ratios : new double[] {ratios[0]}, advantage, tally);
    }
    return loss;
  }
}
