package ai.medr1.grpo.loss;

/**
 * The surrogate of SAPO: −(4/τ)·σ(τ·(ρ − 1))·A, a soft gate in place of a clip.
 *
 * <p>Source: SAPO (arXiv 2511.20347), equations 5 and 6.
 *
 * @param positive τ where the advantage is positive
 * @param negative τ elsewhere
 */
public record Sapo(double positive, double negative) implements Surrogate {

  @Override
  public double cost(double ratio, double advantage, double logp) {
    double tau = tau(advantage);
    return -4 / tau * gate(tau, ratio) * advantage;
  }

  @Override
  public double slope(double ratio, double advantage) {
    double gate = gate(tau(advantage), ratio);
    return -4 * gate * (1 - gate) * ratio * advantage;
  }

  /** Nothing is clipped. */
  @Override
  public void count(double[] ratios, double advantage, Tally tally) {}

  private double tau(double advantage) {
    return advantage > 0 ? positive : negative;
  }

  private static double gate(double tau, double ratio) {
    return 1 / (1 + Math.exp(-tau * (ratio - 1)));
  }
}
