package ai.medr1.grpo.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.core.checkpoint.SafetensorsFile;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.config.MethodConfig;
import ai.medr1.grpo.config.Parts;
import ai.medr1.grpo.config.SamplingConfig;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Values and gradients of the reference implementations. */
@Tag("parity")
class GrpoLossParityTest {
  /** Losses that docs/decisions.md argues against. */
  private static final Set<String> NOT_OFFERED = Set.of("luspo", "vespo");

  static Stream<JsonNode> cases() throws IOException {
    return StreamSupport.stream(
            Golden.json("trl/cases.json").required("cases").spliterator(), false)
        .filter(c -> !NOT_OFFERED.contains(c.required("loss_type").asText()));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void equalsTrl(JsonNode c) throws IOException {
    JsonNode tolerance = Golden.json("trl/cases.json").required("tolerance");
    SafetensorsFile inputs = Golden.tensors("trl/inputs.safetensors");
    String set = c.required("inputs").asText() + ".";
    int rows = (int) Golden.rows(inputs, set + "logps");
    Rows shape = Rows.of(Golden.mask(inputs, set + "completion_mask"), rows, rows);
    float[][][] logps = shape.ragged(inputs.floats(set + "logps"));
    boolean isOld = c.required("old_logps").asBoolean();
    PolicyBatch batch =
        new PolicyBatch(
            logps,
            isOld ? shape.ragged(inputs.floats(set + "old_logps")) : logps,
            Optional.of(shape.ragged(inputs.floats(set + "ref_logps"))),
            new float[][] {inputs.floats(set + "advantages")},
            size(c, rows, shape.tokens()));
    LossGradient found = loss(c).of(batch);

    double expected = c.required("loss").asDouble();
    double relative = tolerance.required("loss_rel").asDouble();
    assertThat(found.value()).isCloseTo(expected, within(Math.abs(expected) * relative));
    float[] gradient =
        Golden.tensors("trl/gradients.safetensors").floats(c.required("case").asText());
    assertThat(shape.padded(found.dLogps()))
        .containsExactly(gradient, within((float) tolerance.required("grad_abs").asDouble()));
    Map<String, Double> metrics = found.tally().values();
    metrics.forEach(
        (name, value) ->
            assertThat(value)
                .as(name)
                .isCloseTo(c.required("metrics").required(name).asDouble(), within(1e-6)));
    // Where the policy is the one that drew, nothing can be clipped, and no share of it is told.
    assertThat(metrics)
        .hasSize(isOld ? c.required("metrics").size() : metrics.containsKey("kl") ? 1 : 0);
  }

  /** As TRL counts: a fixture is one of {@code accumulation} micro-batches, all like it. */
  private static StepSize size(JsonNode c, int rows, long tokens) {
    int accumulation = c.required("accumulation").asInt();
    double drawn = c.required("num_items_in_batch").asDouble((double) tokens);
    return new StepSize(
        rows * accumulation,
        tokens * accumulation,
        drawn * accumulation / c.required("steps_per_generation").asInt(),
        1);
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
    LossGradient found = SurrogateLoss.grpo(0.2, 0.2, beta).of(batch);
    assertThat(found.value())
        .isCloseTo(manifest.required("grpo").required("loss").asDouble(), within(1e-6));
    double sum = 0;
    for (int i = 0; i < kl.length; i++) {
      sum += kl[i] * mask[i];
    }
    assertThat(found.tally().values().get("kl")).isCloseTo(sum / shape.tokens(), within(1e-6));
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

  private static PolicyLoss loss(JsonNode c) {
    double epsilon = c.required("epsilon").asDouble();
    boolean tokens = c.required("importance_sampling_level").asText().equals("token");
    MethodConfig method =
        MethodConfig.defaults()
            .with(
                m ->
                    m.ratio(tokens ? Ratio.TOKEN : Ratio.SEQUENCE)
                        .epsilon(epsilon)
                        .epsilonHigh(c.required("epsilon_high").asDouble(0))
                        .delta(c.path("delta").asDouble(0))
                        .klCorrection(c.path("use_bias_correction_kl").asBoolean()));
    GrpoConfig config =
        GrpoConfig.of(Path.of("model"), Path.of("out"))
            .with(
                g ->
                    g.loss(c.required("loss_type").asText())
                        .beta(c.required("beta").asDouble())
                        .method(method)
                        .sampling(
                            SamplingConfig.defaults()
                                .with(
                                    s ->
                                        s.maxCompletionLength(
                                            c.required("max_completion_length").asInt()))));
    return Parts.loss(config);
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
