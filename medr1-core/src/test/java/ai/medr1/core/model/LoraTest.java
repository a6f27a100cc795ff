package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.config.LoraConfig;
import ai.medr1.core.text.Prompt;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What adapters must not change, and what must change nothing but them. */
@Tag("parity")
class LoraTest {
  private static final int SEED = 5;
  private static final LoraConfig LORA = LoraConfig.ofRank(3);

  @TempDir private Path directory;

  /** A batch that every model of a family can take. */
  private record Batch(List<Prompt> prompts, Continuations completions) {
    static Batch of(QwenVl model) {
      Random random = new Random(SEED);
      List<Prompt> prompts = Batches.prompts(model, random);
      return new Batch(
          prompts, Batches.continuations(model.config(), prompts.size(), 2, 6, random));
    }

    float[][][] logProbs(QwenVl model) {
      return model.scoring().logProbs(prompts, completions, Distribution.PLAIN);
    }

    float[] addGradients(QwenVl model) {
      try (Scored scored = model.scoring().score(prompts, completions, Distribution.PLAIN)) {
        float[] logps = scored.pack(scored.logps());
        model.scoring().backward(scored, Batches.derivative(scored, 0));
        return logps;
      }
    }

    void learn(QwenVl model, int steps) {
      for (int i = 0; i < steps; i++) {
        addGradients(model);
        model.learner().step(AdamW.defaults(), 1e-2);
      }
    }
  }

  private static String first() {
    return Golden.models().get(0);
  }

  private static QwenVl load(String name, LoraConfig lora) {
    return QwenVl.load(Golden.directory(name), LoadOptions.training().withLora(lora));
  }

  @ParameterizedTest
  @MethodSource("ai.medr1.core.model.Golden#models")
  void aNewAdapterChangesNothing(String name) {
    try (QwenVl base = QwenVl.load(Golden.directory(name), LoadOptions.inference());
        QwenVl model = load(name, LORA.withVision(true))) {
      Batch batch = Batch.of(base);
      assertThat(batch.logProbs(model)).isDeepEqualTo(batch.logProbs(base));
    }
  }

  @ParameterizedTest
  @MethodSource("ai.medr1.core.model.Golden#models")
  void mergedWeightsComputeWhatBranchesDo(String name) {
    try (QwenVl model = load(name, LORA.withVision(true))) {
      Batch batch = Batch.of(model);
      float[][][] base = batch.logProbs(model);
      String weight = "model.layers.0.self_attn.q_proj.weight";
      float[] before = model.learner().weight(weight);
      batch.learn(model, 2);
      float[][][] branches = batch.logProbs(model);
      model.merge();
      assertThat(model.learner().weight(weight)).isNotEqualTo(before);
      Numbers.assertNear(batch.logProbs(model), branches, 1e-3);
      assertThatThrownBy(() -> batch.addGradients(model))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("unmerge");
      model.unmerge();
      assertThat(model.learner().weight(weight)).isEqualTo(before);
      assertThat(batch.logProbs(model)).isDeepEqualTo(branches);
      assertThat(
              model
                  .scoring()
                  .baseLogProbs(batch.prompts(), batch.completions(), Distribution.PLAIN))
          .isDeepEqualTo(base);
      assertThat(branches[0][0]).isNotEqualTo(base[0][0]);
    }
  }

  @ParameterizedTest
  @MethodSource("ai.medr1.core.model.Golden#models")
  void onlyAdaptersLearn(String name) {
    try (QwenVl model = load(name, LORA)) {
      assertThat(model.learner().trained())
          .hasSize(model.config().text().layers() * LoraConfig.ALL_TARGETS.size() * 2)
          .allMatch(matrix -> matrix.startsWith("model.layers."));
      Batch batch = Batch.of(model);
      Map<String, float[]> before = Numbers.weights(model);
      batch.learn(model, 2);
      before.forEach(
          (matrix, values) -> assertThat(model.learner().weight(matrix)).isNotEqualTo(values));
      batch.addGradients(model);
      for (String weight : model.checkpoint().weights().keySet()) {
        assertThat(model.learner().gradient(weight)).as(weight).isEmpty();
      }
    }
  }

  /** The tower's layers of Qwen2.5-VL have the names of the decoder's. */
  @ParameterizedTest
  @MethodSource("ai.medr1.core.model.Golden#models")
  void theVisionTowerIsAdaptedWhenAskedFor(String name) {
    try (QwenVl model = load(name, LORA.withVision(true))) {
      Batch.of(model).learn(model, 2);
      assertThat(model.learner().trained()).anyMatch(matrix -> matrix.startsWith("visual.blocks."));
      for (String matrix : model.learner().trained()) {
        if (matrix.endsWith("lora_B.weight")) {
          assertThat(Numbers.peak(model.learner().weight(matrix))).as(matrix).isPositive();
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"F32", "BF16"})
  void anAdapterIsWrittenAndReadAgain(DType dtype) throws IOException {
    Path adapter = directory.resolve("adapter");
    LoadOptions options = LoadOptions.training().withDtype(dtype).withLora(LORA);
    try (QwenVl model = QwenVl.load(Golden.directory(first()), options)) {
      Batch batch = Batch.of(model);
      batch.learn(model, 2);
      float[][][] expected = batch.logProbs(model);
      model.saveAdapter(adapter);
      try (QwenVl again = QwenVl.load(Golden.directory(first()), options.withAdapter(adapter))) {
        assertThat(batch.logProbs(again)).isDeepEqualTo(expected);
      }
      // The adapter knows its base.
      try (QwenVl ready = QwenVl.load(adapter, LoadOptions.inference().withDtype(dtype))) {
        Numbers.assertNear(batch.logProbs(ready), expected, 1e-3);
      }
    }
  }

  @Test
  void aMergedModelIsAPlainCheckpoint() throws IOException {
    Path merged = directory.resolve("merged");
    try (QwenVl model = load(first(), LORA)) {
      Batch batch = Batch.of(model);
      batch.learn(model, 2);
      model.save(merged);
      float[][][] expected = batch.logProbs(model);
      try (QwenVl plain = QwenVl.load(merged, LoadOptions.inference())) {
        assertThat(plain.hasAdapters()).isFalse();
        Numbers.assertNear(batch.logProbs(plain), expected, 1e-3);
      }
    }
  }

  @Test
  void trainingGoesOnWhereItStopped() throws IOException {
    LoadOptions options =
        LoadOptions.training().withDtype(DType.BF16).withLora(LORA.withDropout(0.2));
    Path adapter = directory.resolve("adapter");
    Path optimizer = directory.resolve("optimizer.safetensors");
    try (QwenVl model = QwenVl.load(Golden.directory(first()), options)) {
      Batch batch = Batch.of(model);
      batch.learn(model, 2);
      model.saveAdapter(adapter);
      model.learner().saveOptimizer(optimizer);
      batch.learn(model, 2);
      try (QwenVl again = QwenVl.load(Golden.directory(first()), options.withAdapter(adapter))) {
        again.learner().loadOptimizer(optimizer);
        batch.learn(again, 2);
        for (String matrix : model.learner().trained()) {
          assertThat(again.learner().weight(matrix))
              .as(matrix)
              .isEqualTo(model.learner().weight(matrix));
        }
      }
    }
  }

  /** The first matrices are those of PEFT: A uniform within 1 / √in, B zero. */
  @Test
  void theFirstMatrices() {
    try (QwenVl model = load(first(), LoraConfig.ofRank(16))) {
      float[] a = model.learner().weight("model.layers.0.mlp.up_proj.lora_A.weight");
      double bound = 1 / Math.sqrt(model.config().text().hiddenSize());
      assertThat(Numbers.peak(a)).isBetween(0.98 * bound, bound);
      double spread = Numbers.norm(a) / Math.sqrt(a.length);
      assertThat(spread).isBetween(0.95 * bound / Math.sqrt(3), 1.05 * bound / Math.sqrt(3));
      assertThat(Numbers.peak(model.learner().weight("model.layers.0.mlp.up_proj.lora_B.weight")))
          .isZero();
    }
  }

  @Test
  void dropoutActsInTrainingOnlyAndAlikeWhenActivationsAreComputedAgain() {
    LoraConfig lora = LORA.withDropout(0.5);
    LoadOptions options = LoadOptions.training().withLora(lora);
    try (QwenVl kept = QwenVl.load(Golden.directory(first()), options);
        QwenVl again = QwenVl.load(Golden.directory(first()), options.withRecompute(true))) {
      Batch batch = Batch.of(kept);
      batch.learn(kept, 1);
      batch.learn(again, 1);
      float[] first = batch.addGradients(kept);
      Numbers.assertNear(
          new float[][][] {{batch.addGradients(again)}}, new float[][][] {{first}}, 1e-3);
      Numbers.assertNear(Numbers.gradients(again), Numbers.gradients(kept), 2e-3);
      assertThat(batch.addGradients(kept)).as("the next micro-batch").isNotEqualTo(first);
      assertThat(batch.logProbs(kept)).isDeepEqualTo(batch.logProbs(kept));
      assertThat(batch.logProbs(kept)[0][0])
          .isNotEqualTo(Arrays.copyOf(first, batch.logProbs(kept)[0][0].length));
    }
  }

  @Test
  void drawingTakesBranchesAlong() {
    try (QwenVl model = load(first(), LORA)) {
      Batch batch = Batch.of(model);
      batch.learn(model, 3);
      Sampling sampling = new Sampling(false, 1, 0, 1, 1, 6, java.util.Set.of(), false);
      long[] streams = {1, 2, 3};
      Continuations drawn = model.drawing().generate(batch.prompts(), 2, sampling, streams);
      float[][][] scored =
          model.scoring().logProbs(batch.prompts(), drawn, sampling.distribution());
      for (int b = 0; b < scored.length; b++) {
        for (int g = 0; g < scored[b].length; g++) {
          assertThat(drawn.groups().get(b).get(g).logps())
              .containsExactly(scored[b][g], org.assertj.core.api.Assertions.within(1e-3f));
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"use_dora\" : false | \"use_dora\" : true | use_dora is true",
        "\"r\" : 3 | \"r\" : 4 | shape [3, ",
        "LORA | IA3 | peft_type is \"IA3\"",
        "\"bias\" : \"none\" | \"bias\" : \"some\" | bias must be none, all or lora_only"
      })
  void otherAdaptersAreRefused(String from, String to, String message) throws IOException {
    Path adapter = directory.resolve("adapter");
    try (QwenVl model = load(first(), LORA)) {
      model.saveAdapter(adapter);
    }
    Path config = adapter.resolve("adapter_config.json");
    String text = Files.readString(config);
    assertThat(text).contains(from);
    Files.writeString(config, text.replace(from, to));
    assertThatThrownBy(() -> QwenVl.load(adapter, LoadOptions.inference()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void anAdapterIsTrainedOnWithItsOwnSettingsOnly() throws IOException {
    Path adapter = directory.resolve("adapter");
    try (QwenVl model = load(first(), LORA)) {
      model.saveAdapter(adapter);
    }
    LoadOptions other = LoadOptions.training().withLora(LoraConfig.ofRank(8)).withAdapter(adapter);
    assertThatThrownBy(() -> QwenVl.load(Golden.directory(first()), other))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("rank 3")
        .hasMessageContaining("expected 8");
    assertThatThrownBy(() -> QwenVl.load(adapter, LoadOptions.training()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("merge the adapter first");
  }
}
