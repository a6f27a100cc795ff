package ai.medr1.core.image;

import java.util.List;

/** The inverse wavelets: 5/3 of whole numbers, 9/7 of real ones. */
final class J2kWavelet {
  private static final float ALPHA = -1.5861343f;
  private static final float BETA = -0.052980117f;
  private static final float GAMMA = 0.8829111f;
  private static final float DELTA = 0.44350687f;
  private static final float K = 1.2301741f;
  private static final float TWO_BY_K = 1.6257324f;

  private J2kWavelet() {}

  /** A resolution: its rectangle and the bands LL, or HL, LH and HH, with their steps. */
  record Level(int left, int top, int right, int bottom, List<int[]> bands, List<Float> steps) {
    int wide() {
      return right - left;
    }

    int high() {
      return bottom - top;
    }
  }

  static int[] whole(List<Level> levels) {
    int[] low = levels.get(0).bands.get(0);
    for (int i = 1; i < levels.size(); i++) {
      Level level = levels.get(i);
      double[] joined = new double[level.wide() * level.high()];
      interleave(joined, level, toReal(low, 1), 1, 1, 1);
      transform(joined, level, true);
      low = new int[joined.length];
      for (int n = 0; n < low.length; n++) {
        low[n] = (int) joined[n];
      }
    }
    return low;
  }

  static float[] real(List<Level> levels) {
    double[] low = toReal(levels.get(0).bands.get(0), 0.5f * levels.get(0).steps.get(0));
    for (int i = 1; i < levels.size(); i++) {
      Level level = levels.get(i);
      double[] joined = new double[level.wide() * level.high()];
      interleave(
          joined,
          level,
          low,
          0.5f * level.steps.get(0),
          0.5f * level.steps.get(1),
          0.5f * level.steps.get(2));
      transform(joined, level, false);
      low = joined;
    }
    float[] out = new float[low.length];
    for (int n = 0; n < out.length; n++) {
      out[n] = (float) low[n];
    }
    return out;
  }

  private static double[] toReal(int[] values, float scale) {
    double[] out = new double[values.length];
    for (int i = 0; i < out.length; i++) {
      out[i] = values[i] * scale;
    }
    return out;
  }

  private static void interleave(
      double[] joined, Level level, double[] ll, float hl, float lh, float hh) {
    int[] at = new int[4];
    float[] scale = {1, hl, lh, hh};
    for (int y = 0; y < level.high(); y++) {
      for (int x = 0; x < level.wide(); x++) {
        int kind = ((level.left + x) & 1) | ((level.top + y) & 1) << 1;
        double value = kind == 0 ? ll[at[0]] : level.bands.get(kind - 1)[at[kind]] * scale[kind];
        at[kind]++;
        joined[y * level.wide() + x] = value;
      }
    }
  }

  private static void transform(double[] plane, Level level, boolean whole) {
    int wide = level.wide();
    int high = level.high();
    double[] line = new double[Math.max(wide, high)];
    for (int y = 0; y < high; y++) {
      System.arraycopy(plane, y * wide, line, 0, wide);
      line(line, wide, level.left & 1, whole);
      System.arraycopy(line, 0, plane, y * wide, wide);
    }
    for (int x = 0; x < wide; x++) {
      for (int y = 0; y < high; y++) {
        line[y] = plane[y * wide + x];
      }
      line(line, high, level.top & 1, whole);
      for (int y = 0; y < high; y++) {
        plane[y * wide + x] = line[y];
      }
    }
  }

  /**
   * One row or column.
   *
   * @param odd 1 where the first value is a high one
   */
  private static void line(double[] a, int length, int odd, boolean whole) {
    if (length == 1) {
      a[0] = odd == 1 && whole ? Math.floor(a[0] / 2) : a[0];
      return;
    }
    if (whole) {
      for (int i = odd; i < length; i += 2) {
        a[i] -= Math.floor((side(a, length, i - 1) + side(a, length, i + 1) + 2) / 4);
      }
      for (int i = 1 - odd; i < length; i += 2) {
        a[i] += Math.floor((side(a, length, i - 1) + side(a, length, i + 1)) / 2);
      }
      return;
    }
    for (int i = 0; i < length; i++) {
      a[i] *= (i & 1) == odd ? K : TWO_BY_K;
    }
    lift(a, length, odd, DELTA);
    lift(a, length, 1 - odd, GAMMA);
    lift(a, length, odd, BETA);
    lift(a, length, 1 - odd, ALPHA);
  }

  private static void lift(double[] a, int length, int from, float factor) {
    for (int i = from; i < length; i += 2) {
      a[i] -= factor * (side(a, length, i - 1) + side(a, length, i + 1));
    }
  }

  /** The value at a place, mirrored at the ends. */
  private static double side(double[] a, int length, int i) {
    return a[i < 0 ? -i : i >= length ? 2 * length - 2 - i : i];
  }
}
