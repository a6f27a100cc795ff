package ai.medr1.eval.stats;

/**
 * A 95 % interval.
 *
 * @param low its lower end
 * @param high its upper end, not below the lower one
 */
public record Interval(double low, double high) {
  public Interval {
    if (!(low <= high)) {
      throw new IllegalArgumentException(
          "an interval is low to high, found " + low + " to " + high);
    }
  }
}
