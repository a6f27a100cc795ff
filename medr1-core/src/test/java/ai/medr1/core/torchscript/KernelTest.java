package ai.medr1.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Consumer;

/** What tests of single kernels share. Their random numbers follow from the seed in their name. */
abstract class KernelTest {
  /** Of float32 after some hundred operations on numbers near 1. */
  static final double CLOSE = 2e-5;

  /** Calls a method of {@code probe.py} without gradients. */
  static List<double[]> call(
      Dense dense, Map<String, Object> shape, String method, Consumer<Arguments> fill) {
    try (Kernels kernels = Probe.open(dense, shape);
        Arguments a = new Arguments(kernels.manager())) {
      fill.accept(a);
      try (IValue result = kernels.infer(method, a)) {
        PtNDManager owner = (PtNDManager) a.scope();
        return result.isTensor()
            ? List.of(doubles(result.toTensor(owner)))
            : all(result.toTensorArray(owner));
      }
    }
  }

  static List<double[]> call(String method, Consumer<Arguments> fill) {
    return call(Dense.PLAIN, Map.of(), method, fill);
  }

  /** The same with gradients on. */
  static List<double[]> train(String method, Consumer<Arguments> fill) {
    try (Kernels kernels = Probe.open(Dense.PLAIN);
        Arguments a = new Arguments(kernels.manager())) {
      fill.accept(a);
      return all(kernels.train(method, a).toArray(new NDArray[0]));
    }
  }

  private static List<double[]> all(NDArray[] arrays) {
    List<double[]> all = new ArrayList<>();
    for (NDArray array : arrays) {
      all.add(doubles(array));
    }
    return all;
  }

  private static double[] doubles(NDArray array) {
    return array.toType(DataType.FLOAT64, false).toDoubleArray();
  }

  /** A matrix as an argument. */
  static void put(Arguments a, String name, double[][] x) {
    a.numbers(name, Plain.flat(x), x.length, x[0].length);
  }

  static void put(Arguments a, String name, double[] x) {
    a.numbers(name, Plain.flat(new double[][] {x}), x.length);
  }

  /** Values of some shape, and the shape. */
  static double[] put(Arguments a, String name, Random random, long... shape) {
    int size = 1;
    for (long n : shape) {
      size *= Math.toIntExact(n);
    }
    double[] x = Plain.random(random, 1, size)[0];
    a.numbers(name, Plain.flat(new double[][] {x}), shape);
    return x;
  }

  static void assertClose(double[] found, double[] expected, double tolerance) {
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      double bound = tolerance * Math.max(1, Math.abs(expected[i]));
      assertThat(Math.abs(found[i] - expected[i]))
          .as("element %d: %s for %s", i, found[i], expected[i])
          .isLessThanOrEqualTo(bound);
    }
  }

  static void assertClose(double[] found, double[][] expected, double tolerance) {
    double[] flat = new double[expected.length * expected[0].length];
    for (int i = 0; i < flat.length; i++) {
      flat[i] = expected[i / expected[0].length][i % expected[0].length];
    }
    assertClose(found, flat, tolerance);
  }
}
