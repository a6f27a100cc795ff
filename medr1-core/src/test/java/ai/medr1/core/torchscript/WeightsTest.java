package ai.medr1.core.torchscript;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What learning and merging make of a weight. */
class WeightsTest extends KernelTest {
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2})
  void anUpdate(long seed) {
    Random random = new Random(seed);
    double[] p = Plain.random(random, 1, 6)[0];
    double[] d = Plain.random(random, 1, 6)[0];
    List<double[]> found =
        train(
            "learn",
            a -> {
              put(a, "p", p);
              put(a, "d", d);
              a.integer("decays", 1).integer("spare_norms", 0).numbers("step", new float[] {1}, 1);
              a.real("scale", 0.5).real("lr", 0.01).real("beta1", 0.9).real("beta2", 0.99);
              a.real("eps", 1e-8).real("weight_decay", 0.1);
            });
    double[][] expected = new double[3][6];
    for (int i = 0; i < 6; i++) {
      double g = 2 * d[i] * 0.5; // accumulated twice, then clipped
      expected[1][i] = 0.1 * g;
      expected[2][i] = 0.01 * g * g;
      double step = 0.01 * (expected[1][i] / 0.1) / (Math.sqrt(expected[2][i] / 0.01) + 1e-8);
      expected[0][i] = p[i] * (1 - 0.01 * 0.1) - step;
    }
    assertClose(found.get(0), new double[] {2 * Math.sqrt(Plain.dot(d, d))}, CLOSE);
    for (int i = 0; i < 3; i++) {
      assertClose(found.get(1 + i), expected[i], CLOSE);
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {3, 4})
  void aBranchIsAddedAndTakenBack(long seed) {
    Random random = new Random(seed);
    double[][] w = Plain.random(random, 4, 5);
    double[][] down = Plain.random(random, 2, 5);
    double[][] up = Plain.random(random, 4, 2);
    List<double[]> found =
        train(
            "merge_branch",
            a -> {
              put(a, "layer.weight", w);
              put(a, "layer.lora_A.weight", down);
              put(a, "layer.lora_B.weight", up);
              a.numbers("layer.lora_scale", new float[] {2}, new long[0]);
            });
    double[][] product = Plain.linear(up, Plain.transposed(down), null);
    assertClose(found.get(0), Plain.add(w, Plain.map(product, x -> 2 * x)), CLOSE);
    assertClose(found.get(1), w, 0);
  }

  @Test
  void aBranchThatIsFolded() {
    Random random = new Random(5);
    double[][] w = Plain.random(random, 4, 6);
    double[][] down = Plain.random(random, 2, 6);
    double[][] up = Plain.random(random, 4, 2);
    List<double[]> found =
        train(
            "fold",
            a -> {
              a.numbers("layer.weight", Plain.flat(w), 4, 2, 1, 3); // a convolution's
              put(a, "layer.lora_A.weight", down);
              put(a, "layer.lora_B.weight", up);
              a.real("scale", 1.5);
            });
    double[][] product = Plain.linear(up, Plain.transposed(down), null);
    assertClose(found.get(0), Plain.add(w, Plain.map(product, x -> 1.5 * x)), CLOSE);
    assertClose(found.get(1), new double[] {1}, 0); // its matrices are gone
  }

  /** W = U diag(4, 3, 2, 1) V of rotations that are known, so that its parts are. */
  @Test
  void whatPissaBeginsWithIsTakenOff() {
    double[][] u = orthogonal(new Random(6));
    double[][] v = orthogonal(new Random(7));
    double[][] w = new double[4][4];
    double[][] rest = new double[4][4];
    for (int k = 0; k < 4; k++) {
      for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
          w[i][j] += (4 - k) * u[k][i] * v[k][j];
          rest[i][j] += k < 2 ? 0 : (4 - k) * u[k][i] * v[k][j]; // the two largest go
        }
      }
    }
    assertClose(takeOffStart(w, 1), rest, CLOSE);
  }

  /** W = Q R: the first two columns of Q times the first two rows of R go, scaled. */
  @Test
  void whatOloraBeginsWithIsTakenOff() {
    double[][] q = orthogonal(new Random(8));
    double[][] r = {{2, 1, -1, 3}, {0, 3, 1, 1}, {0, 0, 1, 2}, {0, 0, 0, 2}};
    double[][] w = new double[4][4];
    double[][] rest = new double[4][4];
    for (int k = 0; k < 4; k++) {
      for (int i = 0; i < 4; i++) {
        for (int j = 0; j < 4; j++) {
          double part = q[k][i] * r[k][j];
          w[i][j] += part;
          rest[i][j] += k < 2 ? part - 0.5 * part : part;
        }
      }
    }
    assertClose(takeOffStart(w, 0), rest, CLOSE);
  }

  private static double[] takeOffStart(double[][] w, int pissa) {
    return train(
            "take_off_start",
            a -> {
              put(a, "layer.weight", w);
              a.integer("pissa", pissa).integer("rank", 2).real("scale", 0.5);
            })
        .get(0);
  }

  /** Four rows of length 1 at right angles, by Gram and Schmidt. */
  private static double[][] orthogonal(Random random) {
    double[][] q = Plain.random(random, 4, 4);
    for (int i = 0; i < 4; i++) {
      for (int k = 0; k < i; k++) {
        double along = Plain.dot(q[i], q[k]);
        for (int j = 0; j < 4; j++) {
          q[i][j] -= along * q[k][j];
        }
      }
      double length = Math.sqrt(Plain.dot(q[i], q[i]));
      q[i] = Plain.map(new double[][] {q[i]}, x -> x / length)[0];
    }
    return q;
  }

  @Test
  void rowsAndBiases() {
    double[][] w = {{1, 2}, {3, 4}, {5, 6}};
    double[] rows =
        train(
                "put_rows",
                a -> {
                  put(a, "layer.weight", w);
                  put(a, "value", new double[][] {{7, 8}, {9, 10}});
                  a.integers("rows", new int[] {2, 0});
                })
            .get(0);
    assertClose(rows, new double[][] {{9, 10}, {3, 4}, {7, 8}}, 0);
    double[] bias = // twice, of a layer without one
        train(
                "add_bias",
                a -> {
                  put(a, "layer.weight", w);
                  put(a, "value", new double[] {1, 2, 3});
                  a.real("scale", 0.5);
                })
            .get(0);
    assertClose(bias, new double[] {1, 2, 3}, 0);
  }
}
