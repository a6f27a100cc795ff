package ai.medr1.core.torchscript;

import java.util.List;
import java.util.Random;
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
}
