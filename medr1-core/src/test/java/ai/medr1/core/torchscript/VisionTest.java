package ai.medr1.core.torchscript;

import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What comes before and behind the blocks of the tower, and its norms. */
class VisionTest extends KernelTest {
  private static final int SQUARE = 4;
  private static final int WIDTH = 8;

  /** Where the squares of the image go: no permutation that is its own inverse. */
  private static final int[] ORDER = {2, 0, 1};

  private static int[] order(boolean windows) {
    return windows ? ORDER : new int[0];
  }

  @ParameterizedTest(name = "windows {0}, seed 1")
  @ValueSource(booleans = {false, true})
  void patchesAreEmbeddedInTheOrderOfWindows(boolean windows) {
    Random random = new Random(1);
    double[][] x = Plain.random(random, 3 * SQUARE, 6);
    double[][] w = Plain.random(random, WIDTH, 6);
    double[] found =
        call(
                "embed",
                a -> {
                  put(a, "x", x);
                  // a convolution's weight: two channels of three values
                  a.numbers("visual.patch_embed.proj.weight", Plain.flat(w), WIDTH, 2, 1, 3);
                  a.integers("v_order", order(windows));
                })
            .get(0);
    double[][] y = Plain.linear(x, w, null);
    double[][] expected = new double[y.length][];
    for (int i = 0; i < y.length; i++) {
      int square = windows ? ORDER[i / SQUARE] : i / SQUARE;
      expected[i] = y[square * SQUARE + i % SQUARE];
    }
    assertClose(found, expected, CLOSE);
  }

  @ParameterizedTest(name = "windows {0}, biases {1}, seed 2")
  @CsvSource({"false, true", "true, false"})
  void squaresAreMergedInTheOrderOfTheImage(boolean windows, boolean biases) {
    Random random = new Random(2);
    double[][] x = Plain.random(random, 3 * SQUARE, WIDTH);
    double[] norm = Plain.random(random, 1, WIDTH)[0];
    double[] shift = Plain.random(random, 1, WIDTH)[0];
    double[][] w0 = Plain.random(random, 16, SQUARE * WIDTH);
    double[] b0 = Plain.random(random, 1, 16)[0];
    double[][] w2 = Plain.random(random, 5, 16);
    double[] found =
        call(
                "merge",
                a -> {
                  put(a, "x", x);
                  put(a, "visual.merger.ln_q.weight", norm);
                  put(a, "visual.merger.mlp.0.weight", w0);
                  put(a, "visual.merger.mlp.2.weight", w2);
                  if (biases) {
                    put(a, "visual.merger.ln_q.bias", shift);
                    put(a, "visual.merger.mlp.0.bias", b0);
                  }
                  a.integers("v_order", order(windows));
                })
            .get(0);
    double[][] h = biases ? Plain.layerNorm(x, norm, shift, 1e-6) : Plain.rmsNorm(x, norm, 1e-6);
    double[][] joined = new double[3][SQUARE * WIDTH];
    for (int i = 0; i < x.length; i++) {
      System.arraycopy(h[i], 0, joined[i / SQUARE], i % SQUARE * WIDTH, WIDTH);
    }
    double[][] inner = Plain.map(Plain.linear(joined, w0, biases ? b0 : null), Plain::gelu);
    double[][] y = Plain.linear(inner, w2, null);
    double[][] expected = new double[3][];
    for (int i = 0; i < 3; i++) {
      expected[windows ? ORDER[i] : i] = y[i];
    }
    assertClose(found, expected, 1e-4); // two products and a norm in float32
  }

  /** A row of nearly equal numbers has no variance but for eps. */
  @ParameterizedTest(name = "bias {0}, seed 3")
  @ValueSource(booleans = {false, true})
  void norms(boolean bias) {
    Random random = new Random(3);
    double[][] x = Plain.random(random, 3, WIDTH);
    x[1] = Plain.map(new double[][] {x[1]}, v -> (float) (v / 1024))[0];
    double[] w = Plain.random(random, 1, WIDTH)[0];
    double[] b = Plain.random(random, 1, WIDTH)[0];
    double[] found =
        call(
                "vision_norm",
                a -> {
                  put(a, "x", x);
                  put(a, "norm.weight", w);
                  if (bias) {
                    put(a, "norm.bias", b);
                  }
                })
            .get(0);
    double[][] expected = bias ? Plain.layerNorm(x, w, b, 1e-6) : Plain.rmsNorm(x, w, 1e-6);
    assertClose(found, expected, CLOSE);
  }
}
