package ai.medr1.core.torchscript;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import ai.medr1.core.checkpoint.DType;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every way to multiply, with weights of every size for which it does something else. */
class DenseKernelTest extends KernelTest {
  static Stream<org.junit.jupiter.params.provider.Arguments> cases() {
    return Stream.of(Dense.values())
        .flatMap(
            dense ->
                Stream.of("linear", "packed_linear", "few", "add_few", "add_product", "add_bmm")
                    .flatMap(
                        method ->
                            // 1,200 and 38,400 elements, and two blocks of WIDE's
                            (method.equals("linear") ? Stream.of(8, 256, 8000) : Stream.of(8, 256))
                                .map(
                                    in ->
                                        org.junit.jupiter.params.provider.Arguments.of(
                                            dense, method, in))));
  }

  private static double[] multiplied(
      Dense dense, String method, DType dtype, double[][] x, double[][] w, double[] b) {
    return call(
            dense,
            Map.of(),
            method,
            a -> {
              put(a, "x", x);
              put(a, "w", w);
              put(a, "b", b);
              a.integer("code", dtype.torchCode());
            })
        .get(0);
  }

  @ParameterizedTest(name = "{0} {1}, {2} columns, seed 1")
  @MethodSource("cases")
  void multiplies(Dense dense, String method, int in) {
    Random random = new Random(1);
    double[][] x = Plain.random(random, 3, in);
    double[][] w = Plain.random(random, 150, in);
    double[] b = Plain.random(random, 1, 150)[0];
    double[] found = multiplied(dense, method, DType.F32, x, w, b);
    assertClose(
        found, Plain.linear(x, w, b), in > 256 ? 1e-3 : 1e-4); // sums of products in float32
  }

  /**
   * Of factors that are exact in bfloat16. WIDE rounds once, at the end; what it adds to in place
   * is float32 and never rounded. oneDNN is left out where it cannot multiply bfloat16.
   */
  @ParameterizedTest(name = "{0} {1}, {2} columns, seed 2")
  @MethodSource("cases")
  void multipliesInBfloat16(Dense dense, String method, int in) {
    assumeTrue(dense != Dense.ONEDNN || Dense.ofProcessor(DType.BF16, Probe.shape()) == dense);
    Random random = new Random(2);
    double[][] x = rounded(Plain.random(random, 3, in));
    double[][] w = rounded(Plain.random(random, 150, in));
    double[][] b = rounded(Plain.random(random, 1, 150));
    double[] found = multiplied(dense, method, DType.BF16, x, w, b[0]);
    double size = 3 * Math.sqrt(in); // of the sums, which cancel
    boolean exact =
        dense == Dense.WIDE && (method.equals("add_product") || method.equals("add_bmm"));
    assertClose(found, Plain.linear(x, w, b[0]), exact ? 1e-4 : size / 256);
  }

  /** To the 8 bits of bfloat16. */
  private static double[][] rounded(double[][] x) {
    return Plain.map(
        x, v -> Float.intBitsToFloat((Float.floatToIntBits((float) v) + 0x8000) & 0xffff0000));
  }
}
