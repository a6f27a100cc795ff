package ai.medr1.report.internal.figure;

import java.util.Arrays;

/**
 * A value over the steps of a run.
 *
 * @param name of the run
 * @param steps rising
 * @param values one for every step; NaN where there is none
 */
public record Curve(String name, double[] steps, double[] values) {
  public Curve {
    if (steps.length != values.length) {
      throw new IllegalArgumentException(
          "a curve has %d steps and %d values".formatted(steps.length, values.length));
    }
  }

  /** Whether there is any value. */
  public boolean hasValues() {
    return Arrays.stream(values).anyMatch(Double::isFinite);
  }

  /** The mean of every value and up to {@code window - 1} before it. */
  Curve smooth(int window) {
    double[] means = new double[values.length];
    for (int i = 0; i < values.length; i++) {
      means[i] =
          Arrays.stream(values, Math.max(0, i - window + 1), i + 1)
              .filter(Double::isFinite)
              .average()
              .orElse(Double.NaN);
    }
    return new Curve(name, steps, means);
  }

  /** The mean of the last values, NaN where there is none. */
  double last(int window) {
    return values.length == 0 ? Double.NaN : smooth(window).values[values.length - 1];
  }

  /** The mean of the first values, NaN where there is none. */
  double first(int window) {
    return Arrays.stream(values, 0, Math.min(window, values.length))
        .filter(Double::isFinite)
        .average()
        .orElse(Double.NaN);
  }
}
