package ai.medr1.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.medr1.core.checkpoint.SafetensorsFile;
import ai.medr1.core.text.Parity;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is left of the logits after the sampling filters, against the reference's. */
@Tag("parity")
class SamplingFilterParityTest {
  private static final SafetensorsFile TENSORS =
      SafetensorsFile.read(Parity.ROOT.resolve("forward/warpers.safetensors"));

  /** All cases but those with min_p, which is not offered here. */
  static Stream<org.junit.jupiter.params.provider.Arguments> cases() throws IOException {
    return StreamSupport.stream(
            Parity.json("forward/warpers.json").get("cases").spliterator(), false)
        .filter(golden -> !steps(golden).containsKey("min_p"))
        .map(
            golden ->
                org.junit.jupiter.params.provider.Arguments.of(
                    golden.get("steps").toString(), golden));
  }

  private static Map<String, Double> steps(JsonNode golden) {
    Map<String, Double> steps = new HashMap<>();
    golden.get("steps").forEach(s -> steps.put(s.get(0).asText(), s.get(1).asDouble()));
    return steps;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void filters(String ignored, JsonNode golden) {
    float[] found = filter(steps(golden));
    float[] expected = TENSORS.floats(golden.get("out").asText());
    assertThat(found).hasSameSizeAs(expected);
    for (int i = 0; i < found.length; i++) {
      // Removed tokens are -infinity on both sides; the rest differs by the rounding of a division.
      double bound = Float.isInfinite(expected[i]) ? 0 : 1e-6 * Math.max(1, Math.abs(expected[i]));
      boolean near = found[i] == expected[i] || Math.abs(found[i] - expected[i]) <= bound;
      assertThat(near).as("element %d: %s for %s", i, found[i], expected[i]).isTrue();
    }
  }

  private static float[] filter(Map<String, Double> steps) {
    List<Long> shape = TENSORS.tensors().get("logits").shape();
    long rows = shape.get(0);
    long vocabulary = shape.get(1);
    try (Kernels kernels = Probe.open(Dense.PLAIN);
        Arguments a = new Arguments(kernels.manager())) {
      a.numbers("logits", TENSORS.floats("logits"), rows, vocabulary)
          .array("seen", a.scope().create(seen(rows, vocabulary), new Shape(rows, vocabulary)))
          .real("penalty", steps.getOrDefault("repetition_penalty", 1.0))
          .real("temperature", steps.getOrDefault("temperature", 1.0))
          .integer("top_k", steps.getOrDefault("top_k", 0.0).longValue())
          .real("top_p", steps.getOrDefault("top_p", 1.0));
      try (IValue result = kernels.infer("filter", a)) {
        return result.toTensor((PtNDManager) a.scope()).toFloatArray();
      }
    }
  }

  private static boolean[] seen(long rows, long vocabulary) {
    boolean[] seen = new boolean[Math.toIntExact(rows * vocabulary)];
    long[] ids = TENSORS.longs("input_ids");
    int perRow = Math.toIntExact(ids.length / rows);
    for (int i = 0; i < ids.length; i++) {
      seen[Math.toIntExact(i / perRow * vocabulary + ids[i])] = true;
    }
    return seen;
  }
}
