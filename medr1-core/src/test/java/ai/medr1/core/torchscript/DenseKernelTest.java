package ai.medr1.core.torchscript;

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
                            Stream.of(8, 256) // a weight of 1,200 and one of 38,400 elements
                                .map(
                                    in ->
                                        org.junit.jupiter.params.provider.Arguments.of(
                                            dense, method, in))));
  }

  @ParameterizedTest(name = "{0} {1}, {2} columns, seed 1")
  @MethodSource("cases")
  void multiplies(Dense dense, String method, int in) {
    int float32 = 6;
    Random random = new Random(1);
    double[][] x = Plain.random(random, 3, in);
    double[][] w = Plain.random(random, 150, in);
    double[] b = Plain.random(random, 1, 150)[0];
    double[] found =
        call(
                dense,
                Map.of(),
                method,
                a -> {
                  put(a, "x", x);
                  put(a, "w", w);
                  put(a, "b", b);
                  a.integer("code", float32);
                })
            .get(0);
    assertClose(found, Plain.linear(x, w, b), 1e-4); // sums of up to 256 products in float32
  }
}
