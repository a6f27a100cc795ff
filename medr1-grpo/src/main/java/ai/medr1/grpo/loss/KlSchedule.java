package ai.medr1.grpo.loss;

/** How the weight of the divergence falls while a run goes on. */
public enum KlSchedule {
  /** It stays. */
  CONSTANT,
  /** To 0 at the end, in a straight line. */
  LINEAR,
  /** To 0 at the end, along half a cosine. */
  COSINE;

  /**
   * The factor of the weight.
   *
   * @param progress share of the run that is done, in [0, 1]
   */
  public double at(double progress) {
    return switch (this) {
      case CONSTANT -> 1;
      case LINEAR -> 1 - progress;
      case COSINE -> (1 + Math.cos(Math.PI * progress)) / 2;
    };
  }
}
