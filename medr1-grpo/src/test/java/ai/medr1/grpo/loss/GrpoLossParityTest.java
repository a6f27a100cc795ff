package ai.medr1.grpo.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.medr1.core.checkpoint.SafetensorsFile;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values and gradients of the reference implementations. */
@Tag("parity")
class GrpoLossParityTest {

  static Stream<JsonNode> cases() throws IOException {
    return StreamSupport.stream(
            Golden.json("trl/cases.json").required("cases").spliterator(), false)
        .filter(c -> c.required("loss_type").asText().equals("grpo"))
        .filter(c -> c.required("importance_sampling_level").asText().equals("token"))
        .filter(c -> !c.path("use_bias_correction_kl").asBoolean());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsTrl(JsonNode c) throws IOException {
    JsonNode tolerance = Golden.json("trl/cases.json").required("tolerance");
    SafetensorsFile inputs = Golden.tensors("trl/inputs.safetensors");
    String set = c.required("inputs").asText() + ".";
    int rows = (int) Golden.rows(inputs, set + "logps");
    int sequences = rows * c.required("accumulation").asInt();
    String old = c.required("old_logps").asBoolean() ? "old_logps" : "logps";
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray mask =
          manager.create(Golden.mask(inputs, set + "completion_mask")).reshape(1, rows, -1);
      PolicyBatch batch =
          new PolicyBatch(
              array(manager, inputs, set + "logps"),
              array(manager, inputs, set + old),
              Optional.of(array(manager, inputs, set + "ref_logps")),
              mask,
              manager.create(inputs.floats(set + "advantages"), new Shape(1, rows)),
              new StepSize(sequences, tokens(mask)));
      LossGradient found = LossGradient.of(loss(c), batch);

      double expected = c.required("loss").asDouble();
      double relative = tolerance.required("loss_rel").asDouble();
      assertThat(found.value()).isCloseTo(expected, within(Math.abs(expected) * relative));
      assertThat(found.dLogps().toFloatArray())
          .containsExactly(
              Golden.tensors("trl/gradients.safetensors").floats(c.required("case").asText()),
              within((float) tolerance.required("grad_abs").asDouble()));
      JsonNode metrics = c.required("metrics");
      found
          .tokenSums()
          .forEach(
              (name, sum) ->
                  assertThat(sum / tokens(mask))
                      .as(name)
                      .isCloseTo(metrics.required(name).asDouble(), within(1e-6)));
      assertThat(found.tokenSums().containsKey("kl")).isEqualTo(metrics.has("kl"));
    }
  }

  static Stream<String> models() throws IOException {
    try (Stream<Path> files = Files.list(Golden.ROOT.resolve("training"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".json"))
          .map(name -> name.substring(0, name.length() - ".json".length()))
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void equalsMedR1(String model) throws IOException {
    JsonNode manifest = Golden.json("training/" + model + ".json");
    SafetensorsFile inputs = Golden.tensors("training/" + model + ".batch.safetensors");
    SafetensorsFile results = Golden.tensors("training/" + model + ".grpo.safetensors");
    double beta = manifest.required("settings").required("beta").asDouble();
    int group = manifest.required("settings").required("group").asInt();
    float[] kl = results.floats("kl");
    float[] mask = Golden.mask(inputs, "completion_mask");
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray logps = manager.create(results.floats("logps"));
      Shape shape = new Shape(Golden.rows(inputs, "rewards") / group, group, -1);
      float[] rewards = inputs.floats("rewards");
      assertThat(advantages(rewards, group))
          .containsExactly(inputs.floats("advantages"), within(1e-6f));
      NDArray masks = manager.create(mask).reshape(shape);
      PolicyBatch batch =
          new PolicyBatch(
              logps.reshape(shape),
              logps.reshape(shape),
              Optional.of(manager.create(inputs.floats("ref_logps")).reshape(shape)),
              masks,
              manager.create(inputs.floats("advantages")).reshape(-1, group),
              new StepSize(rewards.length, tokens(masks)));
      LossGradient found = LossGradient.of(new GrpoLoss(0.2, 0.2, 0, beta), batch);
      assertThat(found.value())
          .isCloseTo(manifest.required("grpo").required("loss").asDouble(), within(1e-6));
      double sum = 0;
      for (int i = 0; i < kl.length; i++) {
        sum += kl[i] * mask[i];
      }
      assertThat(found.tokenSums().get("kl")).isCloseTo(sum, within(1e-5));
      assertThat(found.dLogps().toFloatArray())
          .containsExactly(
              derivative(inputs, results.floats("logps"), beta, rewards.length), within(1e-7f));
    }
  }

  /** The derivative by hand: (−A + β (1 − exp(ref − logp))) / (length · sequences). */
  private static float[] derivative(
      SafetensorsFile inputs, float[] logps, double beta, int sequences) {
    float[] mask = Golden.mask(inputs, "completion_mask");
    float[] ref = inputs.floats("ref_logps");
    float[] advantages = inputs.floats("advantages");
    int width = mask.length / sequences;
    float[] derivative = new float[mask.length];
    for (int i = 0; i < mask.length; i++) {
      int row = i / width;
      double length =
          IntStream.range(row * width, row * width + width).mapToDouble(k -> mask[k]).sum();
      double slope = -advantages[row] + beta * (1 - Math.exp((double) ref[i] - logps[i]));
      derivative[i] = (float) (mask[i] * slope / length / sequences);
    }
    return derivative;
  }

  private static float[] advantages(float[] rewards, int group) {
    float[] advantages = new float[rewards.length];
    for (int from = 0; from < rewards.length; from += group) {
      int first = from;
      double[] of = IntStream.range(0, group).mapToDouble(g -> rewards[first + g]).toArray();
      System.arraycopy(Advantages.of(of), 0, advantages, from, group);
    }
    return advantages;
  }

  private static GrpoLoss loss(JsonNode c) {
    double epsilon = c.required("epsilon").asDouble();
    return new GrpoLoss(
        epsilon,
        c.required("epsilon_high").asDouble(epsilon),
        c.path("delta").asDouble(0),
        c.required("beta").asDouble());
  }

  /** Rows of the fixture as one group: [rows, L] becomes [1, rows, L]. */
  private static NDArray array(NDManager manager, SafetensorsFile inputs, String name) {
    return manager.create(inputs.floats(name)).reshape(1, Golden.rows(inputs, name), -1);
  }

  private static long tokens(NDArray mask) {
    return (long) mask.sum().getFloat();
  }
}
