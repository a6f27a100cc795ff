package ai.medr1.core.model;

import java.util.Collections;
import java.util.List;

/**
 * Runs of packed rows, and the same rows padded on the right to a rectangle of equally long runs.
 *
 * @param count the number of runs S
 * @param longest rows of the longest run M
 * @param pad [S × M] the packed row of every padded place, row 0 of the run at padding; empty where
 *     all runs are equally long
 * @param unpad [n] the padded place of every packed row; empty likewise
 * @param lengths [S]
 */
record Segments(int count, int longest, int[] pad, int[] unpad, List<Integer> lengths) {

  static Segments of(List<Integer> lengths) {
    int count = lengths.size();
    int longest = count == 0 ? 0 : Collections.max(lengths);
    int rows = lengths.stream().mapToInt(Integer::intValue).sum();
    if (rows == count * longest) {
      return new Segments(count, longest, new int[0], new int[0], lengths);
    }
    int[] pad = new int[count * longest];
    int[] unpad = new int[rows];
    int first = 0;
    for (int s = 0; s < count; s++) {
      for (int i = 0; i < longest; i++) {
        boolean real = i < lengths.get(s);
        pad[s * longest + i] = first + (real ? i : 0);
        if (real) {
          unpad[first + i] = s * longest + i;
        }
      }
      first += lengths.get(s);
    }
    return new Segments(count, longest, pad, unpad, lengths);
  }

  boolean padded() {
    return pad.length > 0;
  }

  /** What is added to the attention scores of every padded place as a key: 0, or -∞ at padding. */
  float[] keyMask() {
    if (!padded()) {
      return new float[0];
    }
    float[] mask = new float[count * longest];
    for (int s = 0; s < count; s++) {
      for (int i = lengths.get(s); i < longest; i++) {
        mask[s * longest + i] = Float.NEGATIVE_INFINITY;
      }
    }
    return mask;
  }
}
