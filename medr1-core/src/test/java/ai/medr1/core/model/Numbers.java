package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.LinkedHashMap;
import java.util.Map;

/** Comparing arrays. */
final class Numbers {
  private Numbers() {}

  static double largestDifference(float[] found, float[] expected) {
    assertThat(found).hasSameSizeAs(expected);
    double largest = 0;
    for (int i = 0; i < found.length; i++) {
      double difference = Math.abs((double) found[i] - expected[i]);
      largest = Math.max(largest, Double.isNaN(difference) ? Double.MAX_VALUE : difference);
    }
    return largest;
  }

  static double meanDifference(float[][][] found, float[][][] expected) {
    double sum = 0;
    long count = 0;
    for (int b = 0; b < found.length; b++) {
      for (int g = 0; g < found[b].length; g++) {
        for (int i = 0; i < found[b][g].length; i++, count++) {
          sum += Math.abs((double) found[b][g][i] - expected[b][g][i]);
        }
      }
    }
    return sum / count;
  }

  static double peak(float[] values) {
    double peak = 0;
    for (float value : values) {
      peak = Math.max(peak, Math.abs(value));
    }
    return peak;
  }

  static double norm(float[] values) {
    double squares = 0;
    for (float value : values) {
      squares += (double) value * value;
    }
    return Math.sqrt(squares);
  }

  static Map<String, float[]> gradients(QwenVl model) {
    Map<String, float[]> gradients = new LinkedHashMap<>();
    model.learner().trained().forEach(name -> gradients.put(name, model.learner().gradient(name)));
    return gradients;
  }

  static Map<String, float[]> weights(QwenVl model) {
    Map<String, float[]> weights = new LinkedHashMap<>();
    model.learner().trained().forEach(name -> weights.put(name, model.learner().weight(name)));
    return weights;
  }

  /**
   * Every array is near the expected one, relative to its peak. An array whose peak is a millionth
   * of the largest is rounding alone and compared on that scale.
   */
  static void assertNear(
      Map<String, float[]> found, Map<String, float[]> expected, double relative) {
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    double floor = 1e-6 * expected.values().stream().mapToDouble(Numbers::peak).max().orElseThrow();
    expected.forEach(
        (name, values) ->
            assertThat(largestDifference(found.get(name), values))
                .as(name)
                .isLessThanOrEqualTo(relative * Math.max(floor, peak(values))));
  }

  /**
   * The norm before the first step is near the expected one. Later ones depend on how the steps
   * before them rounded, as Adam divides gradients by their own size, however small: the
   * reference's own norms move by up to 1.6 % when its weights are changed by a random 1e-7 of
   * their size.
   */
  static void assertNorm(double found, JsonNode norms, int step, double relative) {
    double expected = norms.get(step).asDouble();
    assertThat(found)
        .as("gradient norm of step %d", step + 1)
        .isCloseTo(expected, within((step == 0 ? relative : 0.05) * expected));
  }

  static void assertNear(float[][][] found, float[][][] expected, double absolute) {
    assertThat(found).hasNumberOfRows(expected.length);
    for (int b = 0; b < expected.length; b++) {
      assertThat(found[b]).hasNumberOfRows(expected[b].length);
      for (int g = 0; g < expected[b].length; g++) {
        assertThat(largestDifference(found[b][g], expected[b][g]))
            .as("prompt %d, continuation %d", b, g)
            .isLessThanOrEqualTo(absolute);
      }
    }
  }
}
