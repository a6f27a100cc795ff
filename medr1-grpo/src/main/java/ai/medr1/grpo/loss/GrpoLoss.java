package ai.medr1.grpo.loss;

import ai.djl.ndarray.NDArray;
import java.util.LinkedHashMap;
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

  private static final int[] TOKENS = {-1};

  /** Med-R1's: β 0.04. */
  public static GrpoLoss medR1() {
    return new GrpoLoss(0.2, 0.2, 0, 0.04);
  }

  @Override
  public Terms of(PolicyBatch batch) {
    NDArray ratio = batch.logps().sub(batch.oldLogps()).exp(); // [B, G, L]
    NDArray advantages = batch.advantages().expandDims(-1); // [B, G, 1]
    Map<String, NDArray> perToken = new LinkedHashMap<>(clipped(ratio, advantages));
    NDArray cost = surrogate(ratio, advantages);
    if (beta > 0) {
      NDArray kl = divergence(batch);
      cost = cost.add(kl.mul(beta));
      perToken.put("kl", kl);
    }
    return new Terms(meanOfMeans(cost, batch), perToken);
  }

  private NDArray surrogate(NDArray ratio, NDArray advantages) {
    NDArray inside = ratio.clip(1 - epsilonLow, 1 + epsilonHigh);
    NDArray bounded = delta > 0 ? ratio.clip(0, delta) : ratio;
    return bounded.mul(advantages).minimum(inside.mul(advantages)).neg();
  }

  private static NDArray divergence(PolicyBatch batch) {
    NDArray ref =
        batch
            .refLogps()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "beta is positive, but the batch has no log-probabilities of a reference"));
    NDArray difference = ref.sub(batch.logps());
    return difference.exp().sub(difference).sub(1);
  }

  /** Mean over the tokens of each completion, summed and divided by the completions of the step. */
  private static NDArray meanOfMeans(NDArray cost, PolicyBatch batch) {
    NDArray lengths = batch.mask().sum(TOKENS).maximum(1); // [B, G]
    return cost.mul(batch.mask()).sum(TOKENS).div(lengths).sum().div(batch.step().sequences());
  }

  private Map<String, NDArray> clipped(NDArray ratio, NDArray advantages) {
    NDArray low = ratio.lt(1 - epsilonLow).logicalAnd(advantages.lt(0));
    NDArray high = ratio.gt(1 + epsilonHigh).logicalAnd(advantages.gt(0));
    return Map.of(
        "clip_ratio/low_mean", low,
        "clip_ratio/high_mean", high,
        "clip_ratio/region_mean", low.logicalOr(high));
  }
}
