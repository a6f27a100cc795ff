package ai.medr1.core.model;

/**
 * Settings of the optimizer (Loshchilov and Hutter, ICLR 2019), as PyTorch's AdamW.
 *
 * @param weightDecay decoupled, times the learning rate
 * @param maxGradNorm the global gradient norm is clipped to this; 0 switches clipping off
 * @param spareNorms leave biases and norms out of weight decay, with the same exceptions as
 *     transformers' Trainer
 */
public record AdamW(
    double beta1,
    double beta2,
    double eps,
    double weightDecay,
    double maxGradNorm,
    boolean spareNorms) {

  public AdamW {
    check(beta1 >= 0 && beta1 < 1, "beta1 is in [0, 1), found " + beta1);
    check(beta2 >= 0 && beta2 < 1, "beta2 is in [0, 1), found " + beta2);
    check(eps > 0, "eps is positive, found " + eps);
    check(weightDecay >= 0, "weightDecay is not negative, found " + weightDecay);
    check(maxGradNorm >= 0, "maxGradNorm is not negative, found " + maxGradNorm);
  }

  /** PyTorch's defaults without weight decay, gradients clipped to norm 1, as Med-R1 trains. */
  public static AdamW defaults() {
    return new AdamW(0.9, 0.999, 1e-8, 0, 1, true);
  }

  private static void check(boolean good, String message) {
    if (!good) {
      throw new IllegalArgumentException(message);
    }
  }
}
