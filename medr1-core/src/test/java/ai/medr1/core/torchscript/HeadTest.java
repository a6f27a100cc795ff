package ai.medr1.core.torchscript;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The projection to the vocabulary against a softmax over all of it, whole and in slices. */
class HeadTest extends KernelTest {
  private static final int ROWS = 3;
  private static final int VOCABULARY = 11;
  private static final int WIDTH = 5;
  private static final int BANNED = 7;
  private static final int[] TARGETS = {2, 10, 0};

  private final Random random = new Random(1);
  private final double[][] h = Plain.random(random, ROWS, WIDTH);
  private final double[][] w = Plain.random(random, VOCABULARY, WIDTH);
  private final double[] d = Plain.random(random, 1, ROWS)[0];

  private double[] logits(int row, double temperature) {
    double[] y = Plain.linear(new double[][] {h[row]}, w, null)[0];
    for (int v = 0; v < VOCABULARY; v++) {
      y[v] = v == BANNED ? Double.NEGATIVE_INFINITY : y[v] / temperature;
    }
    return y;
  }

  private static double logNormaliser(double[] logits) {
    double sum = 0;
    for (double y : logits) {
      sum += Math.exp(y);
    }
    return Math.log(sum);
  }

  private void fill(Arguments a, double temperature, int chunk) {
    put(a, "h", h);
    put(a, "w", w);
    put(a, "d_logps", d);
    a.integers("targets", TARGETS)
        .integers("banned", new int[] {BANNED})
        .real("temperature", temperature)
        .integer("chunk", chunk);
  }

  /** [row][width]: the mean row of the weight under the distribution. */
  private double[][] meanRows(double temperature) {
    double[][] mean = new double[ROWS][WIDTH];
    for (int i = 0; i < ROWS; i++) {
      double[] p = Plain.softmax(logits(i, temperature));
      for (int v = 0; v < VOCABULARY; v++) {
        for (int j = 0; j < WIDTH; j++) {
          mean[i][j] += p[v] * w[v][j];
        }
      }
    }
    return mean;
  }

  /** A chunk of 12 logits makes slices of four tokens, of which the last has three. */
  @ParameterizedTest(name = "temperature {0}, chunk {1}, seed 1")
  @CsvSource({"1, 1000", "0.7, 12"})
  void logProbabilities(double temperature, int chunk) {
    double[] logps = new double[ROWS];
    double[] normalisers = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      double[] y = logits(i, temperature);
      normalisers[i] = logNormaliser(y);
      logps[i] = y[TARGETS[i]] - normalisers[i];
    }
    List<double[]> found = call("logps", a -> fill(a, temperature, chunk));
    assertClose(found.get(0), logps, CLOSE);
    assertClose(found.get(1), normalisers, CLOSE);
    assertClose(found.get(2), meanRows(temperature), CLOSE);
    List<double[]> known =
        call(
            "known_logps",
            a -> {
              fill(a, temperature, chunk);
              put(a, "logps", logps);
            });
    assertClose(known.get(0), normalisers, CLOSE);
    assertClose(known.get(1), meanRows(temperature), CLOSE);
  }

  @ParameterizedTest(name = "temperature {0}, chunk {1}, seed 1")
  @CsvSource({"1, 1000", "0.7, 12"})
  void backwardPasses(double temperature, int chunk) {
    double[][] mean = meanRows(temperature);
    double[][] dh = new double[ROWS][WIDTH];
    double[][] dw = new double[VOCABULARY][WIDTH];
    for (int i = 0; i < ROWS; i++) {
      double[] p = Plain.softmax(logits(i, temperature));
      for (int j = 0; j < WIDTH; j++) {
        dh[i][j] = d[i] / temperature * (w[TARGETS[i]][j] - mean[i][j]);
        for (int v = 0; v < VOCABULARY; v++) {
          dw[v][j] += d[i] / temperature * ((v == TARGETS[i] ? 1 : 0) - p[v]) * h[i][j];
        }
      }
    }
    List<double[]> found = call("head_backward", a -> fill(a, temperature, chunk));
    assertClose(found.get(0), dh, CLOSE);
    assertClose(found.get(1), dh, CLOSE); // with a frozen weight
    assertClose(found.get(2), dw, CLOSE);
  }
}
