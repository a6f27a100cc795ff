package ai.medr1.grpo.loss;

/**
 * The clipped surrogate: −min(min(ρ, δ)·A, clip(ρ, 1 − ε, 1 + ε')·A).
 *
 * <p>Source: PPO (arXiv 1707.06347), equation 7; bounds of their own below and above from DAPO
 * (arXiv 2503.14476), equation 10; δ, the dual clip of completions that did badly, from arXiv
 * 1912.09729, equation 5, in the form of INTELLECT-2 (arXiv 2505.07291).
 *
 * @param low ε, how far below 1 the ratio may go and still be rewarded
 * @param high ε', how far above
 * @param delta δ, bound of the ratio where the advantage is negative; 0 for none
 */
public record Clipped(double low, double high, double delta) implements Surrogate {

  @Override
  public double cost(double ratio, double advantage, double logp) {
    return -Math.min(bounded(ratio) * advantage, inside(ratio) * advantage);
  }

  @Override
  public double slope(double ratio, double advantage) {
    double free = bounded(ratio) * advantage;
    double clipped = inside(ratio) * advantage;
    // Where both are equal, neither bound is reached: the derivative is that of the ratio.
    boolean moves = free <= clipped ? bounded(ratio) == ratio : inside(ratio) == ratio;
    return moves ? -ratio * advantage : 0;
  }

  @Override
  public void count(double[] ratios, double advantage, Tally tally) {
    int below = 0;
    int above = 0;
    for (double ratio : ratios) {
      below += bounded(ratio) < 1 - low && advantage < 0 ? 1 : 0;
      above += bounded(ratio) > 1 + high && advantage > 0 ? 1 : 0;
    }
    tally.mean("clip_ratio/low_mean", below, ratios.length);
    tally.mean("clip_ratio/high_mean", above, ratios.length);
    tally.mean("clip_ratio/region_mean", below + above, ratios.length);
    if (ratios.length > 0) {
      tally.min("clip_ratio/low_min", (double) below / ratios.length);
      tally.max("clip_ratio/high_max", (double) above / ratios.length);
    }
  }

  private double bounded(double ratio) {
    return delta > 0 ? Math.min(ratio, delta) : ratio;
  }

  private double inside(double ratio) {
    return Math.max(1 - low, Math.min(ratio, 1 + high));
  }
}
