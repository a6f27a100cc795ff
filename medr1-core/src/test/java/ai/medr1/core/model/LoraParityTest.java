package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.core.checkpoint.SafetensorsFile;
import ai.medr1.core.config.LoraConfig;
import ai.medr1.core.text.Parity;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Adapters that PEFT wrote, and their training, against PEFT's. */
@Tag("parity")
class LoraParityTest {

  static Stream<Arguments> runs() {
    return Golden.models().stream()
        .flatMap(
            model -> {
              JsonNode runs = manifest(model).at("/lora/runs");
              return IntStream.range(0, runs.size())
                  .mapToObj(i -> Arguments.of(model, i % 2 == 1, runs.get(i)));
            });
  }

  private static JsonNode manifest(String model) {
    return Golden.json("training/" + model + ".json");
  }

  private static SafetensorsFile results(String model) {
    return Golden.tensors("training/" + model + ".lora.safetensors");
  }

  private static Path adapter(String model) {
    return Parity.ROOT.resolve("training/" + model + ".lora");
  }

  private static LoraConfig config(JsonNode manifest) {
    int rank = manifest.at("/settings/lora_r").asInt();
    double alpha = manifest.at("/settings/lora_alpha").asDouble();
    return new LoraConfig(rank, alpha, 0, LoraConfig.ALL_TARGETS, false, 0);
  }

  private static QwenVl load(String name, boolean recompute) {
    return QwenVl.load(
        Golden.directory(name),
        LoadOptions.training()
            .withRecompute(recompute)
            .withLora(config(manifest(name)))
            .withAdapter(adapter(name)));
  }

  /** The golden batch with the base model as the reference policy. */
  private static GrpoBatch batch(String name, QwenVl model) {
    GrpoBatch batch = GrpoBatch.read(name, manifest(name), model.config());
    float[] reference = results(name).floats("ref_logps");
    return new GrpoBatch(
        batch.prompts(),
        batch.completions(),
        batch.advantages(),
        reference,
        batch.longest(),
        batch.beta());
  }

  /** PEFT's name of a matrix as the model names it. */
  private static String name(String peft) {
    return peft.replace("base_model.model.model.language_model.", "model.");
  }

  @ParameterizedTest
  @MethodSource("ai.medr1.core.model.Golden#models")
  void lossGradientsAndReference(String name) {
    JsonNode manifest = manifest(name);
    JsonNode golden = manifest.get("lora");
    double lossBound = manifest.at("/tolerance/loss_abs").asDouble();
    double bound = manifest.at("/tolerance/grad_rel_to_peak").asDouble();
    try (QwenVl model = load(name, false)) {
      GrpoBatch batch = batch(name, model);
      Numbers.assertNear(
          model.scoring().baseLogProbs(batch.prompts(), batch.completions(), Distribution.PLAIN),
          batch.ragged(batch.referenceLogps()),
          lossBound);
      Numbers.assertNear(
          model.scoring().logProbs(batch.prompts(), batch.completions(), Distribution.PLAIN),
          batch.ragged(results(name).floats("logps")),
          lossBound);
      GrpoBatch.Loss loss = batch.differentiate(model);
      assertThat(loss.value()).isCloseTo(golden.get("loss").asDouble(), within(lossBound));
      assertThat(loss.meanKl()).isCloseTo(golden.get("mean_kl").asDouble(), within(lossBound));
      double norm = golden.get("total_norm").asDouble();
      assertThat(model.learner().gradientNorm()).isCloseTo(norm, within(bound * norm));
      assertGradients(model, golden.get("norms"), results(name), bound);
    }
  }

  private static void assertGradients(
      QwenVl model, JsonNode norms, SafetensorsFile values, double bound) {
    Map<String, float[]> found = Numbers.gradients(model);
    assertThat(norms.propertyStream().map(norm -> name(norm.getKey())))
        .containsExactlyInAnyOrderElementsOf(found.keySet());
    norms
        .propertyStream()
        .forEach(
            norm ->
                assertThat(Numbers.norm(found.get(name(norm.getKey()))))
                    .as(norm.getKey())
                    .isCloseTo(
                        norm.getValue().asDouble(), within(bound * norm.getValue().asDouble())));
    List<String> shown =
        values.tensors().keySet().stream().filter(key -> key.startsWith("grad.")).toList();
    assertThat(shown).isNotEmpty();
    for (String key : shown) {
      float[] expected = values.floats(key);
      float[] gradient = found.get(name(key.substring("grad.".length())));
      assertThat(Numbers.largestDifference(gradient, expected))
          .as(key)
          .isLessThanOrEqualTo(bound * Numbers.peak(expected));
    }
  }

  /** Every second run computes activations again. */
  @ParameterizedTest(name = "{0} recompute {1}")
  @MethodSource("runs")
  void trajectory(String name, boolean recompute, JsonNode run) {
    JsonNode manifest = manifest(name);
    double rate = manifest.at("/settings/learning_rate").asDouble();
    double bound = manifest.at("/tolerance/step_loss_abs").asDouble();
    double gradientBound = manifest.at("/tolerance/grad_rel_to_peak").asDouble();
    double decay = run.get("weight_decay").asDouble();
    AdamW settings = new AdamW(0.9, 0.999, 1e-8, decay, 1, true);
    try (QwenVl model = load(name, recompute)) {
      GrpoBatch batch = batch(name, model);
      JsonNode norms = run.get("grad_norms_before_clip");
      for (int step = 0; step < norms.size(); step++) {
        double loss = batch.differentiate(model).value();
        assertThat(loss)
            .as("loss before step %d", step + 1)
            .isCloseTo(run.get("losses").get(step).asDouble(), within(bound));
        Numbers.assertNorm(model.learner().step(settings, rate), norms, step, gradientBound);
      }
      assertThat(batch.differentiate(model).value())
          .isCloseTo(run.get("losses").get(norms.size()).asDouble(), within(bound));
      assertNorms(model, run, manifest.at("/tolerance/final_l2_rel").asDouble());
      assertStored(model, results(name), "after_wd" + decay + ".", rate);
    }
  }

  private static void assertNorms(QwenVl model, JsonNode run, double bound) {
    assertThat(run.get("parameters")).hasSameSizeAs(model.learner().trained());
    run.get("parameters")
        .propertyStream()
        .forEach(
            golden -> {
              double expected = golden.getValue().get("l2").asDouble();
              assertThat(Numbers.norm(model.learner().weight(name(golden.getKey()))))
                  .as(golden.getKey())
                  .isCloseTo(expected, within(bound * expected));
            });
  }

  /** Single elements differ by far less than one step moves them. */
  private static void assertStored(
      QwenVl model, SafetensorsFile values, String prefix, double rate) {
    List<String> keys =
        values.tensors().keySet().stream().filter(key -> key.startsWith(prefix)).toList();
    assertThat(keys).isNotEmpty();
    for (String key : keys) {
      float[] found = model.learner().weight(name(key.substring(prefix.length())));
      assertThat(Numbers.largestDifference(found, values.floats(key)))
          .as(key)
          .isLessThanOrEqualTo(rate / 2);
    }
  }

  @ParameterizedTest
  @MethodSource("ai.medr1.core.model.Golden#models")
  void mergedWeights(String name) {
    JsonNode golden = manifest(name).at("/lora/merged_checksums");
    double bound = manifest(name).at("/tolerance/final_l2_rel").asDouble();
    assertThat(golden).isNotEmpty();
    try (QwenVl model = load(name, false)) {
      model.merge();
      golden
          .propertyStream()
          .forEach(
              weight -> {
                float[] found = model.learner().weight(weight.getKey());
                double l2 = weight.getValue().get("l2").asDouble();
                double sum = IntStream.range(0, found.length).mapToDouble(i -> found[i]).sum();
                assertThat(Numbers.norm(found)).isCloseTo(l2, within(bound * l2));
                assertThat(sum)
                    .as(weight.getKey())
                    .isCloseTo(weight.getValue().get("sum").asDouble(), within(bound * l2));
                double peak = weight.getValue().get("abs_max").asDouble();
                assertThat(Numbers.peak(found)).isCloseTo(peak, within(1e-5 * peak));
              });
    }
  }

  /** Older versions of PEFT name the decoder in another way. */
  @ParameterizedTest
  @MethodSource("ai.medr1.core.model.Golden#models")
  void legacyKeys(String name, @TempDir Path directory) throws IOException {
    Path legacy = adapter(name).resolve("adapter-legacy-keys.safetensors");
    Files.copy(legacy, directory.resolve("adapter_model.safetensors"));
    Files.copy(
        adapter(name).resolve("adapter_config.json"), directory.resolve("adapter_config.json"));
    LoadOptions options = LoadOptions.training().withLora(config(manifest(name)));
    try (QwenVl expected = load(name, false);
        QwenVl model = QwenVl.load(Golden.directory(name), options.withAdapter(directory))) {
      assertThat(model.learner().trained()).isEqualTo(expected.learner().trained());
      for (String matrix : model.learner().trained()) {
        assertThat(model.learner().weight(matrix))
            .as(matrix)
            .isEqualTo(expected.learner().weight(matrix));
      }
    }
  }

  /** What is written again has the keys and the values that were read. */
  @ParameterizedTest
  @MethodSource("ai.medr1.core.model.Golden#models")
  void writesWhatPeftWrote(String name, @TempDir Path directory) throws IOException {
    Path written = directory.resolve("adapter");
    try (QwenVl model = load(name, false)) {
      model.saveAdapter(written);
    }
    SafetensorsFile expected =
        SafetensorsFile.read(adapter(name).resolve("adapter_model.safetensors"));
    SafetensorsFile found = SafetensorsFile.read(written.resolve("adapter_model.safetensors"));
    assertThat(found.tensors().keySet()).isEqualTo(expected.tensors().keySet());
    for (String key : found.tensors().keySet()) {
      assertThat(found.floats(key)).as(key).isEqualTo(expected.floats(key));
    }
  }
}
