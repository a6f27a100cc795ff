package ai.medr1.grpo.loss;

/**
 * The surrogate of CISPO: −sg(min(ρ, ε_max))·A·logp. The ratio is a weight without gradient, so a
 * token that is clipped is still learned.
 *
 * <p>Source: MiniMax-M1 (arXiv 2506.13585), equation 4. Deviation: no lower bound, as there in
 * practice.
 *
 * @param bound ε_max, the largest weight
 */
public record Cispo(double bound) implements Surrogate {

  @Override
  public double cost(double ratio, double advantage, double logp) {
    return slope(ratio, advantage) * logp;
  }

  @Override
  public double slope(double ratio, double advantage) {
    return -Math.min(ratio, bound) * advantage;
  }

  @Override
  public void count(double[] ratios, double advantage, Tally tally) {
    int clipped = 0;
    for (double ratio : ratios) {
      clipped += ratio > bound && advantage > 0 ? 1 : 0;
    }
    tally.mean("cispo_clip_ratio", clipped, ratios.length);
  }
}
