package ai.medr1.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What vision tower and decoder share. */
class NnTest extends KernelTest {
  @ParameterizedTest(name = "{0}, seed 1")
  @ValueSource(strings = {"rms_norm", "rms_norm_few"})
  void norms(String method) {
    Random random = new Random(1);
    double[][] x = Plain.random(random, 3, 10);
    double[] w = Plain.random(random, 1, 10)[0];
    x[1] = new double[10]; // nothing but eps keeps it from a division by zero
    double[] found =
        call(
                method,
                a -> {
                  put(a, "x", x);
                  put(a, "w", w);
                })
            .get(0);
    assertClose(found, Plain.rmsNorm(x, w, 1e-6), CLOSE);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {2, 3})
  void rotaryPositions(long seed) {
    Random random = new Random(seed);
    double[][] x = Plain.random(random, 4 * 2, 6); // four tokens with two heads of six
    int[][] positions = {{0, 1, 5, 700}, {3, 1, 4, 1}, {2, 6, 5, 3}};
    int[] axis = {0, 1, 2};
    double[] found =
        call(
                "rope",
                a -> {
                  a.numbers("x", Plain.flat(x), 4, 2, 6);
                  a.integers("positions", positions).integers("axis", axis);
                })
            .get(0);
    double[][] expected = new double[8][];
    for (int i = 0; i < 8; i++) {
      double[] angles = new double[3];
      for (int j = 0; j < 3; j++) {
        angles[j] = positions[axis[j]][i / 2] / Math.pow(10000, 2 * j / 6.0);
      }
      expected[i] = Plain.turned(x[i], angles);
    }
    assertClose(found, expected, 1e-4); // angles of some hundred are rounded in float32
  }

  @Test
  void paddingAndBack() {
    double[][] x = {{1, 2}, {3, 4}, {5, 6}, {7, 8}};
    double[][] padded = {{1, 2}, {0, 0}, {0, 0}, {3, 4}, {5, 6}, {7, 8}};
    assertClose(pad("pad", x), padded, 0);
    assertClose(pad("unpad", padded), x, 0);
  }

  private static double[] pad(String method, double[][] x) {
    return call(
            method,
            a -> {
              put(a, "x", x);
              a.integers("lengths", new int[] {1, 3}).integer("longest", 3);
            })
        .get(0);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {4, 5})
  void attentionThroughAMask(long seed) {
    Random random = new Random(seed);
    double[][] q = Plain.random(random, 3, 4);
    double[][] k = Plain.random(random, 5, 4);
    double[][] v = Plain.random(random, 5, 4);
    double[] found = call("attention", a -> attention(a, q, k, v)).get(0);
    double[][] expected = new double[3][];
    for (int i = 0; i < 3; i++) {
      expected[i] = Plain.attend(q[i], first(k, 4), first(v, 4));
    }
    assertClose(found, expected, CLOSE);
  }

  /** The last of five keys is hidden. */
  private static void attention(Arguments a, double[][] q, double[][] k, double[][] v) {
    a.numbers("q", Plain.flat(q), 1, 1, 3, 4);
    a.numbers("k", Plain.flat(k), 1, 1, 5, 4);
    a.numbers("v", Plain.flat(v), 1, 1, 5, 4);
    a.numbers("mask", new float[] {0, 0, 0, 0, Float.NEGATIVE_INFINITY}, 1, 1, 1, 5);
  }

  private static double[][] first(double[][] x, int rows) {
    return java.util.Arrays.copyOf(x, rows);
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {6, 7})
  void theBackwardPassOfAttention(long seed) {
    Random random = new Random(seed);
    double[][][] qkv = {
      Plain.random(random, 3, 4), Plain.random(random, 5, 4), Plain.random(random, 5, 4)
    };
    double[][] d = Plain.random(random, 3, 4);
    var found =
        train(
            "attention_backward",
            a -> {
              attention(a, qkv[0], qkv[1], qkv[2]);
              a.numbers("d", Plain.flat(d), 1, 1, 3, 4);
            });
    assertThat(found).hasSize(3);
    for (int part = 0; part < 3; part++) {
      double[][] slopes = new double[qkv[part].length][4];
      for (int i = 0; i < slopes.length; i++) {
        for (int j = 0; j < 4; j++) {
          slopes[i][j] = slope(qkv, part, i, j, d);
        }
      }
      assertClose(found.get(part), slopes, CLOSE);
    }
  }

  /** The derivative of sum(attention · d) by one number, from two values in double precision. */
  private static double slope(double[][][] qkv, int part, int i, int j, double[][] d) {
    double step = 1e-5;
    double before = qkv[part][i][j];
    double[] sums = new double[2];
    for (int side = 0; side < 2; side++) {
      qkv[part][i][j] = before + (side == 0 ? -step : step);
      for (int row = 0; row < 3; row++) {
        double[] o = Plain.attend(qkv[0][row], first(qkv[1], 4), first(qkv[2], 4));
        sums[side] += Plain.dot(o, d[row]);
      }
    }
    qkv[part][i][j] = before;
    return (sums[1] - sums[0]) / (2 * step);
  }

  @Test
  void theBackwardPassOfAProduct() {
    Random random = new Random(8);
    double[][] w = Plain.random(random, 1300, 900); // two blocks
    double[][] d = Plain.random(random, 2, 1300);
    double[] found =
        call(
                "product_backward",
                a -> {
                  put(a, "w", w);
                  put(a, "d", d);
                })
            .get(0);
    // sums of 1,300 products in float32
    assertClose(found, Plain.linear(d, Plain.transposed(w), null), 2e-4);
  }

  /** A quarter is dropped and the rest scaled up; the same again, and other values next time. */
  @Test
  void dropout() {
    double[][] x = Plain.random(new Random(9), 100, 100);
    List<double[]> found =
        call(
            "dropout",
            a -> {
              put(a, "x", x);
              a.integer("key", 77).real("p", 0.25);
            });
    int dropped = 0;
    int same = 0;
    for (int i = 0; i < 10_000; i++) {
      double before = x[i / 100][i % 100];
      boolean gone = found.get(0)[i] == 0;
      dropped += gone ? 1 : 0;
      same += gone == (found.get(2)[i] == 0) ? 1 : 0;
      assertThat(found.get(0)[i])
          .isCloseTo(gone ? 0 : before / 0.75, org.assertj.core.data.Offset.offset(1e-6));
    }
    assertThat(dropped).as("of 10,000, seed 77").isBetween(2300, 2700);
    assertThat(same).as("dropped or kept twice").isBetween(5900, 6600); // 0.0625 + 0.5625
    assertClose(found.get(1), found.get(0), 0);
    assertClose(found.get(3), x, 0); // without a key there is none
  }
}
