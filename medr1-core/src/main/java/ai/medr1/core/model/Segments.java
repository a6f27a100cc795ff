package ai.medr1.core.model;

import java.util.Arrays;
import java.util.List;

/**
 * Runs of packed rows, which attention pads on the right to a rectangle of equally long runs.
 *
 * @param lengths [S] rows of every run
 */
record Segments(int[] lengths) {

  static Segments of(List<Integer> lengths) {
    return new Segments(lengths.stream().mapToInt(Integer::intValue).toArray());
  }

  /** The number of runs S. */
  int count() {
    return lengths.length;
  }

  /** Rows of the longest run M. */
  int longest() {
    return Arrays.stream(lengths).max().orElse(0);
  }

  int rows() {
    return Arrays.stream(lengths).sum();
  }

  boolean padded() {
    return rows() < count() * longest();
  }

  /** The lengths; empty where all are equal. */
  int[] unequalLengths() {
    return padded() ? lengths : new int[0];
  }

  /** What is added to the attention scores of every padded place as a key: 0, or -∞ at padding. */
  float[] keyMask() {
    int longest = longest();
    float[] mask = new float[count() * longest];
    for (int s = 0; s < count(); s++) {
      Arrays.fill(mask, s * longest + lengths[s], (s + 1) * longest, Float.NEGATIVE_INFINITY);
    }
    return mask;
  }
}
