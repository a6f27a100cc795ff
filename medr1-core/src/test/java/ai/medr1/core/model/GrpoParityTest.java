package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.core.checkpoint.SafetensorsFile;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Gradients and optimizer steps of Med-R1's loss against the reference's. */
@Tag("parity")
class GrpoParityTest {
  /**
   * Bound for single log-probabilities after ten steps, for which the manifests state none: the
   * reference's own move by up to 0.026 when its weights are changed by a random 1e-7 of their
   * size. Their mean difference keeps the manifests' bound for losses.
   */
  private static final double TRAINED_LOGPS = 0.05;

  static Stream<Arguments> models() {
    return Golden.models().stream()
        .flatMap(model -> Stream.of(Arguments.of(model, false), Arguments.of(model, true)));
  }

  /** Every second run computes activations again. */
  static Stream<Arguments> runs() {
    return Golden.models().stream()
        .flatMap(
            model -> {
              JsonNode runs = manifest(model).at("/grpo/runs");
              return IntStream.range(0, runs.size())
                  .mapToObj(i -> arguments(model, i % 2 == 1, runs.get(i)));
            });
  }

  private static Arguments arguments(String model, boolean recompute, JsonNode run) {
    double decay = run.get("weight_decay").asDouble();
    return Arguments.of(model, recompute, decay, run.get("groups").asText(), run);
  }

  private static JsonNode manifest(String model) {
    return Golden.json("training/" + model + ".json");
  }

  private static SafetensorsFile results(String model) {
    return Golden.tensors("training/" + model + ".grpo.safetensors");
  }

  private static QwenVl load(String model, boolean recompute) {
    return QwenVl.load(Golden.directory(model), LoadOptions.training().withRecompute(recompute));
  }

  @ParameterizedTest(name = "{0} recompute {1}")
  @MethodSource("models")
  void lossAndGradients(String name, boolean recompute) {
    JsonNode manifest = manifest(name);
    JsonNode golden = manifest.get("grpo");
    double lossBound = manifest.at("/tolerance/loss_abs").asDouble();
    double gradientBound = manifest.at("/tolerance/grad_rel_to_peak").asDouble();
    try (QwenVl model = load(name, recompute)) {
      GrpoBatch batch = GrpoBatch.read(name, manifest, model.config());
      GrpoBatch.Loss loss = batch.differentiate(model);
      assertThat(loss.value()).isCloseTo(golden.get("loss").asDouble(), within(lossBound));
      assertThat(loss.meanKl()).isCloseTo(golden.get("mean_kl").asDouble(), within(lossBound));
      double norm = golden.get("total_norm").asDouble();
      assertThat(model.learner().gradientNorm()).isCloseTo(norm, within(gradientBound * norm));
      assertGradients(model, golden, results(name), "grad.", gradientBound);
    }
  }

  /** All norms, and the values of the few gradients that are stored. */
  static void assertGradients(
      QwenVl model, JsonNode golden, SafetensorsFile values, String prefix, double bound) {
    Map<String, float[]> found = Numbers.gradients(model);
    assertThat(golden.get("norms").propertyStream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrderElementsOf(found.keySet());
    golden
        .get("norms")
        .propertyStream()
        .forEach(
            norm ->
                assertThat(Numbers.norm(found.get(norm.getKey())))
                    .as(norm.getKey())
                    .isCloseTo(
                        norm.getValue().asDouble(), within(bound * norm.getValue().asDouble())));
    assertThat(values.tensors().keySet()).anyMatch(key -> key.startsWith(prefix));
    values.tensors().keySet().stream()
        .filter(key -> key.startsWith(prefix))
        .forEach(key -> assertNear(found.get(key.substring(prefix.length())), values, key, bound));
  }

  private static void assertNear(float[] found, SafetensorsFile values, String key, double bound) {
    float[] expected = values.floats(key);
    assertThat(Numbers.largestDifference(found, expected))
        .as(key)
        .isLessThanOrEqualTo(bound * Numbers.peak(expected));
  }

  @ParameterizedTest(name = "{0} recompute {1}")
  @MethodSource("models")
  void logProbabilities(String name, boolean recompute) {
    JsonNode manifest = manifest(name);
    double bound = manifest.at("/tolerance/loss_abs").asDouble();
    try (QwenVl model = load(name, recompute)) {
      GrpoBatch batch = GrpoBatch.read(name, manifest, model.config());
      float[][][] expected = batch.ragged(results(name).floats("logps"));
      Numbers.assertNear(
          model.scoring().logProbs(batch.prompts(), batch.completions(), Distribution.PLAIN),
          expected,
          bound);
      try (Scored scored =
          model.scoring().score(batch.prompts(), batch.completions(), Distribution.PLAIN)) {
        Numbers.assertNear(scored.logps(), expected, bound);
      }
    }
  }

  /** The reference policy is stored as bfloat16 and computes in float32. */
  @ParameterizedTest
  @MethodSource("ai.medr1.core.model.Golden#models")
  void logProbabilitiesOfTheReferencePolicy(String name, @TempDir Path directory)
      throws IOException {
    JsonNode manifest = manifest(name);
    // Its own directory has no tokenizer.
    copy(Golden.directory(name), directory);
    copy(Golden.directory(manifest.get("reference_model").asText()), directory);
    try (QwenVl model = QwenVl.load(directory, LoadOptions.inference())) {
      GrpoBatch batch = GrpoBatch.read(name, manifest, model.config());
      Numbers.assertNear(
          model.scoring().logProbs(batch.prompts(), batch.completions(), Distribution.PLAIN),
          batch.ragged(batch.referenceLogps()),
          manifest.at("/tolerance/loss_abs").asDouble());
    }
  }

  private static void copy(Path from, Path to) throws IOException {
    try (Stream<Path> files = Files.list(from)) {
      for (Path file : files.toList()) {
        Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
      }
    }
  }

  @ParameterizedTest(name = "{0} recompute {1} weight decay {2} {3}")
  @MethodSource("runs")
  void trajectory(String name, boolean recompute, double decay, String groups, JsonNode run) {
    JsonNode manifest = manifest(name);
    double rate = manifest.at("/settings/learning_rate").asDouble();
    double bound = manifest.at("/tolerance/step_loss_abs").asDouble();
    double gradientBound = manifest.at("/tolerance/grad_rel_to_peak").asDouble();
    try (QwenVl model = load(name, recompute)) {
      GrpoBatch batch = GrpoBatch.read(name, manifest, model.config());
      AdamW settings = new AdamW(0.9, 0.999, 1e-8, decay, 1, groups.equals("hf_trainer"));
      JsonNode norms = run.get("grad_norms_before_clip");
      for (int step = 0; step < norms.size(); step++) {
        assertLoss(batch.differentiate(model), run, step, bound);
        Numbers.assertNorm(model.learner().step(settings, rate), norms, step, gradientBound);
      }
      assertLoss(batch.differentiate(model), run, norms.size(), bound);
      assertWeights(model, run, manifest.at("/tolerance/final_l2_rel").asDouble());
      String prefix = "after_wd" + decay + "_" + groups + ".";
      assertStored(model, results(name), prefix, rate);
      float[][][] found =
          model.scoring().logProbs(batch.prompts(), batch.completions(), Distribution.PLAIN);
      float[][][] expected = batch.ragged(results(name).floats(prefix + "logps"));
      Numbers.assertNear(found, expected, TRAINED_LOGPS);
      assertThat(Numbers.meanDifference(found, expected)).isLessThan(bound);
    }
  }

  private static void assertLoss(GrpoBatch.Loss loss, JsonNode run, int step, double bound) {
    assertThat(loss.value())
        .as("loss before step %d", step + 1)
        .isCloseTo(run.get("losses").get(step).asDouble(), within(bound));
    double kl = run.get("mean_kl").get(step).asDouble();
    assertThat(loss.meanKl()).isCloseTo(kl, within(bound * Math.max(1, kl)));
  }

  private static void assertWeights(QwenVl model, JsonNode run, double bound) {
    assertThat(run.get("parameters").propertyStream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrderElementsOf(model.learner().trained());
    run.get("parameters")
        .propertyStream()
        .forEach(
            golden -> {
              double expected = golden.getValue().get("l2").asDouble();
              assertThat(Numbers.norm(model.learner().weight(golden.getKey())))
                  .as(golden.getKey())
                  .isCloseTo(expected, within(bound * expected));
            });
  }

  /** Single elements differ by far less than one step moves them. */
  private static void assertStored(
      QwenVl model, SafetensorsFile values, String prefix, double rate) {
    for (String name : model.learner().trained()) {
      if (values.tensors().containsKey(prefix + name)) {
        assertThat(
                Numbers.largestDifference(
                    model.learner().weight(name), values.floats(prefix + name)))
            .as(name)
            .isLessThanOrEqualTo(rate / 2);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("ai.medr1.core.model.Golden#models")
  void weightDecayActsOnWhatTransformersDecays(String name) {
    JsonNode manifest = manifest(name);
    Set<String> expected = new HashSet<>();
    manifest.at("/grpo/hf_trainer_decayed").forEach(weight -> expected.add(weight.asText()));
    assertThat(changedByDecay(name, manifest, true)).isEqualTo(expected);
    assertThat(changedByDecay(name, manifest, false)).hasSizeGreaterThan(expected.size());
  }

  /** With gradients of zero nothing but the decay moves a weight. */
  private static Set<String> changedByDecay(String name, JsonNode manifest, boolean spareNorms) {
    try (QwenVl model = load(name, false)) {
      GrpoBatch batch = GrpoBatch.read(name, manifest, model.config());
      try (Scored scored =
          model.scoring().score(batch.prompts(), batch.completions(), Distribution.PLAIN)) {
        model.scoring().backward(scored, Batches.constant(scored, 0));
      }
      Map<String, float[]> before = Numbers.weights(model);
      model.learner().step(new AdamW(0.9, 0.999, 1e-8, 0.5, 1, spareNorms), 0.1);
      Set<String> changed = new HashSet<>(model.learner().trained());
      changed.removeIf(weight -> Arrays.equals(model.learner().weight(weight), before.get(weight)));
      return changed;
    }
  }
}
