package ai.medr1.report.internal.figure;

import java.util.Arrays;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A value over the steps of a run.
 *
 * @param name of the run
 * @param steps rising
 * @param values one for every step; NaN where there is none
 */
public record Curve(String name, double[] steps, double[] values) {
  private static final String HEIGHTS = "▁▂▃▄▅▆▇█";
  private static final int LETTERS = 24;

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

  /**
   * The curve as letters, between its lowest and its highest value; a space where there is none.
   */
  String course() {
    double[] parts =
        IntStream.range(0, Math.min(LETTERS, values.length)).mapToDouble(this::part).toArray();
    double low = Arrays.stream(parts).filter(Double::isFinite).min().orElse(0);
    double high = Arrays.stream(parts).filter(Double::isFinite).max().orElse(0);
    return Arrays.stream(parts)
        .mapToObj(value -> letter(value, low, high))
        .collect(Collectors.joining());
  }

  private double part(int part) {
    double parts = Math.min(LETTERS, values.length);
    return mean(part / parts, (part + 1) / parts);
  }

  /**
   * The mean of a part of the values, NaN where there is none.
   *
   * @param from share of the values where it begins
   * @param to share of the values where it ends
   */
  public double mean(double from, double to) {
    int begin = (int) Math.floor(from * values.length + 1e-9);
    int end = (int) Math.ceil(to * values.length - 1e-9);
    return Arrays.stream(values, begin, end).filter(Double::isFinite).average().orElse(Double.NaN);
  }

  private static String letter(double value, double low, double high) {
    if (!Double.isFinite(value)) {
      return " ";
    }
    int most = HEIGHTS.length() - 1;
    int height = high > low ? (int) Math.round(most * (value - low) / (high - low)) : most / 2;
    return HEIGHTS.substring(height, height + 1);
  }
}
