package ai.medr1.grpo.loss;

import java.util.HashMap;
import java.util.Map;

/**
 * The KL-regularized, clipped GRPO loss.
 *
 * <p>With ratio ρ = exp(logp − old), advantage A and reference ref, a token costs
 *
 * <pre>  −min(min(ρ, δ)·A, clip(ρ, 1 − ε, 1 + ε')·A) + β·(exp(ref − logp) − (ref − logp) − 1)</pre>
 *
 * averaged over the tokens of a completion, then over the completions of the step.
 *
 * <p>Source: DeepSeekMath (arXiv 2402.03300), equations 3 and 4; separate clip bounds from DAPO
 * (arXiv 2503.14476), equation 10; δ from INTELLECT-2 (arXiv 2505.07291). Med-R1 makes one update
 * per batch, where old = logp without gradient: the ratio is then 1 and nothing is clipped.
 * Deviation: a completion without tokens costs 0, instead of dividing by zero.
 *
 * @param epsilonLow ε, how far below 1 the ratio may go and still be rewarded
 * @param epsilonHigh ε', how far above
 * @param delta δ, bound of the ratio where the advantage is negative; 0 for none
 * @param beta β, weight of the divergence from the reference; 0 needs no reference
 */
public record GrpoLoss(double epsilonLow, double epsilonHigh, double delta, double beta)
    implements PolicyLoss {

  /** Med-R1's: β 0.04. */
  public static GrpoLoss medR1() {
    return new GrpoLoss(0.2, 0.2, 0, 0.04);
  }

  @Override
  public LossGradient of(PolicyBatch batch) {
    if (beta > 0 && batch.refLogps().isEmpty()) {
      throw new IllegalArgumentException(
          "beta is positive, but the batch has no log-probabilities of a reference");
    }
    Sums sums = new Sums();
    float[][][] logps = batch.logps();
    float[][][] derivative = new float[logps.length][][];
    for (int b = 0; b < logps.length; b++) {
      derivative[b] = new float[logps[b].length][];
      for (int g = 0; g < logps[b].length; g++) {
        derivative[b][g] = completion(batch, b, g, sums);
      }
    }
    return new LossGradient(sums.loss, derivative, sums.perToken(beta > 0));
  }

  /**
   * Adds the cost of one completion, the mean over its tokens, as its share of the step's mean.
   *
   * @return [tokens] the derivative of that share
   */
  private float[] completion(PolicyBatch batch, int b, int g, Sums sums) {
    float[] logps = batch.logps()[b][g];
    float[] old = batch.oldLogps()[b][g];
    double advantage = batch.advantages()[b][g];
    double share = 1.0 / ((long) logps.length * batch.step().sequences());
    float[] derivative = new float[logps.length];
    for (int t = 0; t < logps.length; t++) {
      double ratio = Math.exp((double) logps[t] - old[t]);
      double cost = surrogate(ratio, advantage);
      double slope = surrogateSlope(ratio, advantage);
      if (beta > 0) {
        double difference = (double) batch.refLogps().orElseThrow()[b][g][t] - logps[t];
        double kl = Math.exp(difference) - difference - 1;
        cost += beta * kl;
        slope += beta * (1 - Math.exp(difference));
        sums.kl += kl;
      }
      sums.loss += share * cost;
      sums.clippedLow += ratio < 1 - epsilonLow && advantage < 0 ? 1 : 0;
      sums.clippedHigh += ratio > 1 + epsilonHigh && advantage > 0 ? 1 : 0;
      derivative[t] = (float) (share * slope);
    }
    return derivative;
  }

  private double surrogate(double ratio, double advantage) {
    return -Math.min(bounded(ratio) * advantage, inside(ratio) * advantage);
  }

  /** By the log-probability, of which the ratio's derivative is the ratio itself. */
  private double surrogateSlope(double ratio, double advantage) {
    double free = bounded(ratio) * advantage;
    double clipped = inside(ratio) * advantage;
    // Where both are equal, neither bound is reached: the derivative is that of the ratio.
    boolean moves = free <= clipped ? bounded(ratio) == ratio : inside(ratio) == ratio;
    return moves ? -ratio * advantage : 0;
  }

  private double bounded(double ratio) {
    return delta > 0 ? Math.min(ratio, delta) : ratio;
  }

  private double inside(double ratio) {
    return Math.max(1 - epsilonLow, Math.min(ratio, 1 + epsilonHigh));
  }

  /** Over the tokens of a micro-batch. */
  private static final class Sums {
    private double loss;
    private double kl;
    private double clippedLow;
    private double clippedHigh;

    private Map<String, Double> perToken(boolean withKl) {
      Map<String, Double> sums = new HashMap<>();
      sums.put("clip_ratio/low_mean", clippedLow);
      sums.put("clip_ratio/high_mean", clippedHigh);
      sums.put("clip_ratio/region_mean", clippedLow + clippedHigh);
      if (withKl) {
        sums.put("kl", kl);
      }
      return sums;
    }
  }
}
