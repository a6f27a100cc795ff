package ai.medr1.eval.stats;

/**
 * The interval of a share after E. B. Wilson, Probable inference, the law of succession, and
 * statistical inference, JASA 22 (1927).
 */
public final class Wilson {
  private static final double Z = Normal.Z;

  private Wilson() {}

  /** The interval of right / n, in [0, 1]. */
  public static Interval of(int n, int right) {
    double share = (double) right / n;
    double centre = (right + Z * Z / 2) / (n + Z * Z);
    double half = Z / (n + Z * Z) * Math.sqrt(n * share * (1 - share) + Z * Z / 4);
    return new Interval(right == 0 ? 0 : centre - half, right == n ? 1 : centre + half);
  }
}
