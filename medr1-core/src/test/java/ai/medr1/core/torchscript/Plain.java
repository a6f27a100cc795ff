package ai.medr1.core.torchscript;

import java.util.Random;
import java.util.function.DoubleUnaryOperator;

/** The mathematics of the kernels, slow and obvious: matrices of doubles, rows first. */
final class Plain {
  private Plain() {}

  static double[][] random(Random random, int rows, int columns) {
    double[][] x = new double[rows][columns];
    for (double[] row : x) {
      for (int j = 0; j < columns; j++) {
        row[j] = (float) random.nextGaussian(); // exact in float32
      }
    }
    return x;
  }

  static float[] flat(double[][] x) {
    float[] flat = new float[x.length * x[0].length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = (float) x[i / x[0].length][i % x[0].length];
    }
    return flat;
  }

  /** x Wᵀ + b, with W [out][in] as checkpoints have it; b null for none. */
  static double[][] linear(double[][] x, double[][] w, double[] b) {
    double[][] y = new double[x.length][w.length];
    for (int i = 0; i < x.length; i++) {
      for (int o = 0; o < w.length; o++) {
        y[i][o] = (b == null ? 0 : b[o]) + dot(x[i], w[o]);
      }
    }
    return y;
  }

  static double dot(double[] a, double[] b) {
    double sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  static double[][] transposed(double[][] x) {
    double[][] y = new double[x[0].length][x.length];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < y.length; j++) {
        y[j][i] = x[i][j];
      }
    }
    return y;
  }

  static double[][] add(double[][] a, double[][] b) {
    double[][] y = new double[a.length][a[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < y[0].length; j++) {
        y[i][j] = a[i][j] + b[i][j];
      }
    }
    return y;
  }

  static double[][] map(double[][] x, DoubleUnaryOperator f) {
    double[][] y = new double[x.length][x[0].length];
    for (int i = 0; i < x.length; i++) {
      for (int j = 0; j < y[0].length; j++) {
        y[i][j] = f.applyAsDouble(x[i][j]);
      }
    }
    return y;
  }

  static double[][] times(double[][] a, double[][] b) {
    double[][] y = new double[a.length][a[0].length];
    for (int i = 0; i < a.length; i++) {
      for (int j = 0; j < y[0].length; j++) {
        y[i][j] = a[i][j] * b[i][j];
      }
    }
    return y;
  }

  static double silu(double x) {
    return x / (1 + Math.exp(-x));
  }

  static double[][] rmsNorm(double[][] x, double[] w, double eps) {
    double[][] y = new double[x.length][w.length];
    for (int i = 0; i < x.length; i++) {
      double scale = 1 / Math.sqrt(dot(x[i], x[i]) / w.length + eps);
      for (int j = 0; j < w.length; j++) {
        y[i][j] = x[i][j] * scale * w[j];
      }
    }
    return y;
  }

  static double[][] layerNorm(double[][] x, double[] w, double[] b, double eps) {
    double[][] y = new double[x.length][w.length];
    for (int i = 0; i < x.length; i++) {
      double mean = 0;
      for (double value : x[i]) {
        mean += value / w.length;
      }
      double variance = 0;
      for (double value : x[i]) {
        variance += (value - mean) * (value - mean) / w.length;
      }
      for (int j = 0; j < w.length; j++) {
        y[i][j] = (x[i][j] - mean) / Math.sqrt(variance + eps) * w[j] + b[j];
      }
    }
    return y;
  }

  /** x times the normal distribution's integral up to x, which is summed up in small steps. */
  static double gelu(double x) {
    int steps = 2000;
    double sum = 0;
    for (int i = 0; i < steps; i++) {
      double t = (i + 0.5) * x / steps;
      sum += Math.exp(-t * t / 2) * x / steps;
    }
    return x * (0.5 + sum / Math.sqrt(2 * Math.PI));
  }

  /** Turns a head: the pair (j, j + d / 2) by its angle. */
  static double[] turned(double[] head, double[] angles) {
    int half = head.length / 2;
    double[] y = new double[head.length];
    for (int j = 0; j < half; j++) {
      double cos = Math.cos(angles[j]);
      double sin = Math.sin(angles[j]);
      y[j] = head[j] * cos - head[j + half] * sin;
      y[j + half] = head[j + half] * cos + head[j] * sin;
    }
    return y;
  }

  static double[] softmax(double[] x) {
    double top = Double.NEGATIVE_INFINITY;
    for (double value : x) {
      top = Math.max(top, value);
    }
    double sum = 0;
    double[] y = new double[x.length];
    for (int i = 0; i < x.length; i++) {
      y[i] = Math.exp(x[i] - top);
      sum += y[i];
    }
    for (int i = 0; i < x.length; i++) {
      y[i] /= sum;
    }
    return y;
  }

  /** One query against keys and values; scores scaled by the root of the head size. */
  static double[] attend(double[] q, double[][] k, double[][] v) {
    double[] scores = new double[k.length];
    for (int i = 0; i < k.length; i++) {
      scores[i] = dot(q, k[i]) / Math.sqrt(q.length);
    }
    double[] weights = softmax(scores);
    double[] out = new double[v[0].length];
    for (int i = 0; i < k.length; i++) {
      for (int j = 0; j < out.length; j++) {
        out[j] += weights[i] * v[i][j];
      }
    }
    return out;
  }

  /** The part of a row that belongs to a head. */
  static double[] head(double[] row, int head, int size) {
    return java.util.Arrays.copyOfRange(row, head * size, (head + 1) * size);
  }
}
