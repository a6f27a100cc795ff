package ai.medr1.grpo.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.core.checkpoint.SafetensorsFile;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
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
    Rows shape = Rows.of(Golden.mask(inputs, set + "completion_mask"), rows, rows);
    PolicyBatch batch =
        new PolicyBatch(
            shape.ragged(inputs.floats(set + "logps")),
            shape.ragged(inputs.floats(set + old)),
            Optional.of(shape.ragged(inputs.floats(set + "ref_logps"))),
            new float[][] {inputs.floats(set + "advantages")},
            new StepSize(sequences, shape.tokens()));
    LossGradient found = loss(c).of(batch);

    double expected = c.required("loss").asDouble();
    double relative = tolerance.required("loss_rel").asDouble();
    assertThat(found.value()).isCloseTo(expected, within(Math.abs(expected) * relative));
    float[] gradient =
        Golden.tensors("trl/gradients.safetensors").floats(c.required("case").asText());
    assertThat(shape.padded(found.dLogps()))
        .containsExactly(gradient, within((float) tolerance.required("grad_abs").asDouble()));
    JsonNode metrics = c.required("metrics");
    found
        .tokenSums()
        .forEach(
            (name, sum) ->
                assertThat(sum / shape.tokens())
                    .as(name)
                    .isCloseTo(metrics.required(name).asDouble(), within(1e-6)));
    assertThat(found.tokenSums().containsKey("kl")).isEqualTo(metrics.has("kl"));
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
    float[] rewards = inputs.floats("rewards");
    assertThat(advantages(rewards, group))
        .containsExactly(inputs.floats("advantages"), within(1e-6f));
    Rows shape = Rows.of(mask, rewards.length, group);
    float[][][] logps = shape.ragged(results.floats("logps"));
    float[][] advantages = new float[rewards.length / group][];
    Arrays.setAll(
        advantages,
        b -> Arrays.copyOfRange(inputs.floats("advantages"), b * group, (b + 1) * group));
    PolicyBatch batch =
        new PolicyBatch(
            logps,
            logps,
            Optional.of(shape.ragged(inputs.floats("ref_logps"))),
            advantages,
            new StepSize(rewards.length, shape.tokens()));
    LossGradient found = new GrpoLoss(0.2, 0.2, 0, beta).of(batch);
    assertThat(found.value())
        .isCloseTo(manifest.required("grpo").required("loss").asDouble(), within(1e-6));
    double sum = 0;
    for (int i = 0; i < kl.length; i++) {
      sum += kl[i] * mask[i];
    }
    assertThat(found.tokenSums().get("kl")).isCloseTo(sum, within(1e-5));
    assertThat(shape.padded(found.dLogps()))
        .containsExactly(
            derivative(inputs, results.floats("logps"), beta, rewards.length), within(1e-7f));
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
      System.arraycopy(OneGroup.advantages(of), 0, advantages, from, group);
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

  /** How long the completions are that a fixture keeps as padded rows [N, width], N = B × group. */
  private record Rows(int[] lengths, int group, int width) {

    static Rows of(float[] mask, int rows, int group) {
      int width = mask.length / rows;
      int[] lengths = new int[rows];
      for (int i = 0; i < mask.length; i++) {
        lengths[i / width] += (int) mask[i];
      }
      return new Rows(lengths, group, width);
    }

    long tokens() {
      return Arrays.stream(lengths).sum();
    }

    float[][][] ragged(float[] padded) {
      float[][][] ragged = new float[lengths.length / group][group][];
      for (int i = 0; i < lengths.length; i++) {
        ragged[i / group][i % group] =
            Arrays.copyOfRange(padded, i * width, i * width + lengths[i]);
      }
      return ragged;
    }

    float[] padded(float[][][] ragged) {
      float[] padded = new float[lengths.length * width];
      for (int i = 0; i < lengths.length; i++) {
        System.arraycopy(ragged[i / group][i % group], 0, padded, i * width, lengths[i]);
      }
      return padded;
    }
  }
}
