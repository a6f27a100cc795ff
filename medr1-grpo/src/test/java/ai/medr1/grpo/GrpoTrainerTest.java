package ai.medr1.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.medr1.core.InputException;
import ai.medr1.core.checkpoint.SafetensorsFile;
import ai.medr1.core.memory.Memory;
import ai.medr1.core.memory.MemoryPlan;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.core.text.Processor;
import ai.medr1.data.VqaItem;
import ai.medr1.grpo.config.CheckpointConfig;
import ai.medr1.grpo.config.ConfigFile;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.config.SftConfig;
import ai.medr1.grpo.loss.LossGradient;
import ai.medr1.grpo.loss.PolicyLoss;
import ai.medr1.grpo.loss.Tally;
import ai.medr1.grpo.metrics.CompletionSample;
import ai.medr1.grpo.metrics.StepReport;
import ai.medr1.grpo.metrics.TrainingListener;
import ai.medr1.grpo.reward.Reward;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class GrpoTrainerTest {
  @TempDir Path dir;
  private List<VqaItem> items;

  @BeforeEach
  void draw() throws IOException {
    items = Tiny.items(dir, 6);
  }

  @ParameterizedTest
  @MethodSource("ai.medr1.grpo.Tiny#models")
  void leavesLogAndCheckpoint(Path model) throws IOException {
    GrpoConfig config = Tiny.grpo(model, dir.resolve("run"), "maxSteps=2");
    Path last = train(config, Recipe.of(config).withReward(new SmallIds()));

    assertThat(last).isEqualTo(config.out().resolve("checkpoint-2"));
    List<JsonNode> rows = Tiny.rows(config.out().resolve("metrics.jsonl"));
    assertThat(rows).extracting(r -> r.get("step").asInt()).containsExactly(1, 2);
    JsonNode row = rows.get(1);
    for (String name :
        List.of(
            "epoch",
            "loss",
            "reward",
            "reward_std",
            "reward_std_in_groups",
            "frac_reward_zero_std",
            "kl",
            "grad_norm",
            "rewards/accuracy/mean",
            "rewards/format/std",
            "rewards/small_ids/mean",
            "completions/mean_length",
            "completions/clipped_ratio",
            "learning_rate",
            "num_tokens")) {
      assertThat(row.path(name).isDouble()).as(name).isTrue();
    }
    assertThat(rows.get(0).get("kl").asDouble()).isCloseTo(0, within(1e-5));
    assertThat(rows.get(1).get("kl").asDouble()).isPositive();
    assertThat(rows.get(0).get("grad_norm").asDouble()).isPositive();
    assertThat(Tiny.rows(config.out().resolve("completions.jsonl"))).hasSize(2 * config.group());
    try (QwenVl trained = QwenVl.load(last, LoadOptions.inference())) {
      String name = "model.norm.weight";
      assertThat(trained.learner().weight(name))
          .isNotEqualTo(weight(model.resolve("model.safetensors"), name));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"load.dtype=float32", "load.dtype=bfloat16", "load.freezeVision=true"})
  void aResumedRunEqualsAnUninterruptedOne(String setting) throws IOException {
    GrpoConfig whole = Tiny.grpo(Tiny.model(), dir.resolve("whole"), "maxSteps=4", setting);
    train(whole, recipe(whole));
    GrpoConfig broken =
        Tiny.grpo(Tiny.model(), dir.resolve("broken"), "maxSteps=4", "checkpoint.every=2", setting);
    assertThatThrownBy(() -> train(broken, recipe(broken).withListener(new BreakAt(3))))
        .hasMessage("broken");
    try (GrpoTrainer trainer = GrpoTrainer.resume(broken, items, recipe(broken))) {
      trainer.train();
    }
    for (String file : List.of("model.safetensors", "optimizer.safetensors")) {
      assertThat(broken.out().resolve("checkpoint-4").resolve(file))
          .hasSameBinaryContentAs(whole.out().resolve("checkpoint-4").resolve(file));
    }
    for (String file : List.of("metrics.jsonl", "completions.jsonl")) {
      assertThat(Tiny.rows(broken.out().resolve(file)))
          .isEqualTo(Tiny.rows(whole.out().resolve(file)));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"float32", "bfloat16"})
  void aResumedRunOfAdaptersEqualsAnUninterruptedOne(String dtype) throws IOException {
    String[] settings = {
      "maxSteps=4", "load.dtype=" + dtype, "load.lora.rank=4", "load.lora.dropout=0.1"
    };
    GrpoConfig whole = Tiny.grpo(Tiny.model(), dir.resolve("whole"), settings);
    Path expected = train(whole, recipe(whole));
    GrpoConfig broken =
        Tiny.grpo(Tiny.model(), dir.resolve("broken"), settings)
            .withCheckpoint(new CheckpointConfig(2, 2));
    assertThatThrownBy(() -> train(broken, recipe(broken).withListener(new BreakAt(3))))
        .hasMessage("broken");
    try (GrpoTrainer trainer = GrpoTrainer.resume(broken, items, recipe(broken))) {
      Path found = trainer.train().checkpoint();
      for (String file : List.of("adapter_model.safetensors", "optimizer.safetensors")) {
        assertThat(found.resolve(file)).hasSameBinaryContentAs(expected.resolve(file));
      }
    }
    assertThat(Tiny.rows(broken.out().resolve("metrics.jsonl")))
        .isEqualTo(Tiny.rows(whole.out().resolve("metrics.jsonl")));
  }

  @ParameterizedTest
  @MethodSource("ai.medr1.grpo.Tiny#models")
  void adaptersLearnAwayFromTheirOwnBase(Path model) throws IOException {
    GrpoConfig config =
        Tiny.grpo(
            model,
            dir.resolve("run"),
            "maxSteps=3",
            "load.lora.rank=4",
            "optimizer.learningRate=1e-2");
    Path last = train(config, recipe(config));
    assertThat(last.resolve("model.safetensors")).doesNotExist();
    List<JsonNode> rows = Tiny.rows(config.out().resolve("metrics.jsonl"));
    assertThat(rows.get(0).get("kl").asDouble()).isCloseTo(0, within(1e-5));
    assertThat(rows.get(2).get("kl").asDouble()).isGreaterThan(1e-4);
    try (QwenVl trained = QwenVl.load(last, LoadOptions.inference())) {
      assertThat(trained.hasAdapters()).isTrue();
      String name = "model.layers.0.mlp.down_proj.weight";
      assertThat(trained.learner().weight(name)).isNotEqualTo(weight(trained, name));
    }
  }

  private static float[] weight(QwenVl model, String name) {
    return SafetensorsFile.read(model.checkpoint().weights().get(name).file()).floats(name);
  }

  @Test
  void aFrozenVisionTowerStaysAsItWas() throws IOException {
    GrpoConfig config =
        Tiny.grpo(Tiny.model(), dir.resolve("run"), "maxSteps=2", "load.freezeVision=true");
    Path trained = train(config, recipe(config)).resolve("model.safetensors");
    Path start = Tiny.model().resolve("model.safetensors");
    for (String name : SafetensorsFile.read(start).tensors().keySet()) {
      boolean same = Arrays.equals(weight(trained, name), weight(start, name));
      assertThat(same).as(name).isEqualTo(name.startsWith("visual."));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"batch=1 accumulation=4", "batch=2 accumulation=2", "batchTokens=1 batch=4"})
  void microBatchesDoNotChangeTheTrajectory(String split) throws IOException {
    GrpoConfig whole = Tiny.grpo(Tiny.model(), dir.resolve("whole"), FOUR_PROMPTS);
    GrpoConfig cut =
        ConfigFile.with(
            Tiny.grpo(Tiny.model(), dir.resolve("cut"), FOUR_PROMPTS), split.split(" "));
    assertSameTrajectory(whole, train(whole, recipe(whole)), cut, train(cut, recipe(cut)));
  }

  private static final String[] FOUR_PROMPTS = {"maxSteps=3", "batch=4", "accumulation=1"};

  private static void assertSameTrajectory(
      GrpoConfig config, Path expected, GrpoConfig otherConfig, Path found) throws IOException {
    List<JsonNode> a = Tiny.rows(config.out().resolve("metrics.jsonl"));
    List<JsonNode> b = Tiny.rows(otherConfig.out().resolve("metrics.jsonl"));
    assertThat(b).hasSameSizeAs(a);
    for (int i = 0; i < a.size(); i++) {
      assertThat(b.get(i).get("reward")).isEqualTo(a.get(i).get("reward"));
      for (String name : List.of("loss", "kl", "grad_norm")) {
        assertThat(b.get(i).get(name).asDouble())
            .as(name)
            .isCloseTo(a.get(i).get(name).asDouble(), within(1e-4));
      }
    }
    String name = "model.layers.0.self_attn.q_proj.weight";
    assertThat(weight(found.resolve("model.safetensors"), name))
        .containsExactly(weight(expected.resolve("model.safetensors"), name), within(1e-4f));
  }

  /** The loss computes on the device, so memory may run out in it as in the network. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void whenMemoryRunsOutOnceTheStepIsMadeAgainWithSmallerMicroBatches(int call) throws IOException {
    GrpoConfig calm = Tiny.grpo(Tiny.model(), dir.resolve("calm"), FOUR_PROMPTS);
    GrpoConfig tight =
        Tiny.grpo(Tiny.model(), dir.resolve("tight"), FOUR_PROMPTS)
            .with(c -> c.batch(2).accumulation(2));
    List<Integer> sizes = new ArrayList<>();
    PolicyLoss loss = recipe(tight).loss();
    PolicyLoss failing =
        batch -> {
          sizes.add(batch.logps().length);
          if (sizes.size() == call) {
            throw new EngineException("CUDA out of memory. Tried to allocate 2.00 GiB");
          }
          return loss.of(batch);
        };
    Path found = train(tight, recipe(tight).withLoss(failing));
    assertSameTrajectory(calm, train(calm, recipe(calm)), tight, found);
    assertThat(sizes.subList(0, call)).containsOnly(2);
    assertThat(sizes.subList(call, sizes.size())).containsOnly(1);
  }

  @Test
  void whenMemoryRunsOutAgainTheRunEndsWithAdvice() {
    GrpoConfig config = Tiny.grpo(Tiny.model(), dir.resolve("run"), "maxSteps=1", "batch=4");
    PolicyLoss failing =
        batch -> {
          throw new EngineException("CUDA out of memory. Tried to allocate 2.00 GiB");
        };
    assertThatThrownBy(() -> train(config, recipe(config).withLoss(failing)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("out of memory with a micro-batch of 2")
        .hasMessageContaining("load.lora.rank")
        .hasMessageContaining("Tried to allocate 2.00 GiB");
  }

  @Test
  void learnsWhatIsRewarded() throws IOException {
    GrpoConfig config =
        Tiny.grpo(
            Tiny.model(),
            dir.resolve("run"),
            "maxSteps=30",
            "group=8",
            "beta=0",
            "optimizer.learningRate=3e-3");
    train(config, recipe(config));
    List<JsonNode> rows = Tiny.rows(config.out().resolve("metrics.jsonl"));
    double before = meanReward(rows.subList(0, 5));
    double after = meanReward(rows.subList(25, 30));
    assertThat(after).as("mean reward, seed %d", config.seed()).isGreaterThan(before + 0.2);
    assertThat(rows.get(0).has("kl")).isFalse();
  }

  @Test
  void stepsThatAreNotFiniteAreSkippedAndEndTheRunAtLast() throws IOException {
    GrpoConfig config = Tiny.grpo(Tiny.model(), dir.resolve("run"), "maxBadSteps=2");
    PolicyLoss broken = b -> new LossGradient(Double.NaN, b.logps(), new Tally());
    assertThatThrownBy(() -> train(config, recipe(config).withLoss(broken)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("not finite in 2 steps in a row");
    List<JsonNode> rows = Tiny.rows(config.out().resolve("metrics.jsonl"));
    assertThat(rows).hasSize(2).allMatch(r -> r.get("loss").isNull());
  }

  @Test
  void aSkippedStepLeavesTheWeights() throws IOException {
    GrpoConfig config = Tiny.grpo(Tiny.model(), dir.resolve("run"), "maxSteps=1", "maxBadSteps=2");
    PolicyLoss broken = b -> new LossGradient(Double.POSITIVE_INFINITY, b.logps(), new Tally());
    Path last = train(config, recipe(config).withLoss(broken));
    String name = "model.norm.weight";
    assertThat(weight(last.resolve("model.safetensors"), name))
        .isEqualTo(weight(Tiny.model().resolve("model.safetensors"), name));
  }

  @Test
  void aStepWhoseLogitsAreNotFiniteIsSkippedAndCounted() throws IOException {
    Path model = dir.resolve("model");
    Tiny.damage(Tiny.model(), model, "model.layers.1.mlp.up_proj.weight");
    GrpoConfig config = Tiny.grpo(model, dir.resolve("run"), "maxBadSteps=2");
    assertThatThrownBy(() -> train(config, recipe(config)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("not finite in 2 steps in a row")
        .hasMessageContaining(model + " itself or the data are to blame");
    assertThat(Tiny.rows(config.out().resolve("metrics.jsonl")))
        .hasSize(2)
        .allMatch(r -> r.get("loss").isNull());
  }

  @Test
  void anItemThatCannotBeAskedIsAnErrorOrSkipped() throws IOException {
    items.set(2, Tiny.item(2, dir.resolve("none.png"), "<answer> C </answer>"));
    GrpoConfig strict = Tiny.grpo(Tiny.model(), dir.resolve("strict"));
    assertThatThrownBy(() -> train(strict, recipe(strict)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none.png");
    GrpoConfig lenient =
        Tiny.grpo(
            Tiny.model(),
            dir.resolve("lenient"),
            "data.badItems=skip",
            "data.maxBadShare=0.2",
            "batch=6");
    train(lenient, recipe(lenient));
    assertThat(Tiny.rows(lenient.out().resolve("metrics.jsonl")))
        .extracting(r -> r.get("skipped_items").asInt())
        .containsExactly(2);
  }

  @Test
  void aPromptThatIsTooLongIsABadItem() {
    GrpoConfig config = Tiny.grpo(Tiny.model(), dir.resolve("run"), "data.maxPromptLength=20");
    assertThatThrownBy(() -> train(config, recipe(config)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(" item ")
        .hasMessageContaining("maxPromptLength 20");
  }

  @Test
  void aRunIsNotOverwrittenNorResumedWithOtherData() throws IOException {
    GrpoConfig config = Tiny.grpo(Tiny.model(), dir.resolve("run"), "maxSteps=1");
    train(config, recipe(config));
    assertThatThrownBy(() -> train(config, recipe(config)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("already holds a run");
    List<VqaItem> others = items.subList(0, 5);
    assertThatThrownBy(() -> GrpoTrainer.resume(config, others, recipe(config)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("same data, seed");
  }

  @Test
  void aSecondTrainingInTheSameDirectoryIsRefused() {
    GrpoConfig config = Tiny.grpo(Tiny.model(), dir.resolve("run"), "maxSteps=1");
    SftConfig supervised = Tiny.sft(Tiny.model(), config.out(), "maxSteps=1");
    List<ThrowingCallable> tries =
        List.of(
            () -> GrpoTrainer.start(config.withSeed(2), items, recipe(config)),
            () -> GrpoTrainer.resume(config, items, recipe(config)),
            () -> SftTrainer.resume(supervised, items, VqaItem::solution));
    try (GrpoTrainer first = GrpoTrainer.start(config, items, recipe(config))) {
      for (ThrowingCallable second : tries) {
        assertThatThrownBy(second)
            .isInstanceOf(InputException.class)
            .hasMessageContaining(config.out() + " is in use");
      }
      assertThat(first.train().checkpoint()).isDirectory();
    }
    assertThat(config.out().resolve("config.yaml")).content().contains("seed: " + config.seed());
  }

  @Test
  void keepsTheNewestCheckpoints() throws IOException {
    GrpoConfig config =
        Tiny.grpo(
            Tiny.model(),
            dir.resolve("run"),
            "maxSteps=5",
            "checkpoint.every=1",
            "checkpoint.keep=2");
    List<Long> told = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onCheckpoint(long step, Path directory) {
            told.add(step);
          }
        };
    train(config, recipe(config).withListener(listener));
    assertThat(told).containsExactly(1L, 2L, 3L, 4L, 5L);
    try (var entries = Files.list(config.out())) {
      assertThat(entries.filter(Files::isDirectory).map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("checkpoint-4", "checkpoint-5");
    }
  }

  @Test
  void thePlanIsToldBeforeTheFirstStepAndThePeakAfterwards() {
    GrpoConfig config =
        Tiny.grpo(Tiny.model(), dir.resolve("run"), "maxSteps=3", "load.recompute=true");
    int promptTokens;
    try (Processor processor = config.data().processor(config.model())) {
      VqaItem any = items.get(0); // all items have the same sizes
      promptTokens = config.data().prompts(processor).of(any).ids().length;
    }
    List<String> told = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onPlan(MemoryPlan plan) {
            assertThat(plan.recompute()).isTrue();
            assertThat(plan.work().completionTokens()).isEqualTo(6);
            assertThat(plan.work().promptTokens()).isEqualTo(promptTokens);
            told.add("plan");
          }

          @Override
          public void onPeak(MemoryPlan plan, long bytes) {
            assertThat(bytes).isGreaterThan(plan.weights());
            told.add("peak");
          }

          @Override
          public void onStep(StepReport report) {
            told.add("step");
          }
        };
    train(config, recipe(config).withListener(listener));
    // Only Linux and GPUs tell a peak.
    boolean tells = Memory.peak(Device.cpu()).isPresent();
    assertThat(told)
        .isEqualTo(
            tells
                ? List.of("plan", "step", "step", "peak", "step", "peak")
                : List.of("plan", "step", "step", "step"));
  }

  @Test
  void showsRewardsBeforeItBegins() throws IOException {
    GrpoConfig config = Tiny.grpo(Tiny.model(), dir.resolve("run"), "maxSteps=1");
    List<CompletionSample> shown = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onDryRun(List<CompletionSample> samples) {
            shown.addAll(samples);
          }
        };
    train(config, recipe(config).withListener(listener));
    assertThat(shown).hasSize(2 * config.group());
    assertThat(shown.get(0).rewards()).containsOnlyKeys("accuracy", "format", "small_ids");
  }

  @Test
  void aWeightForNoRewardIsAnError() {
    GrpoConfig config = Tiny.grpo(Tiny.model(), dir.resolve("run"), "rewards.lenght=1");
    assertThatThrownBy(() -> GrpoTrainer.start(config, items))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("rewards.lenght")
        .hasMessageContaining("there are accuracy, format, exact-match, token-f1, bleu-1,");
  }

  @Test
  void aRewardForTextsIsRefusedWhereAllAnswersAreLetters() {
    GrpoConfig config = Tiny.grpo(Tiny.model(), dir.resolve("run"), "rewards.token-f1=1");
    assertThatThrownBy(() -> GrpoTrainer.start(config, items))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("rewards.token-f1 is 1.0, but this reward applies to none of the");
    assertThat(dir.resolve("run")).doesNotExist();
  }

  private Path train(GrpoConfig config, Recipe recipe) {
    try (GrpoTrainer trainer = GrpoTrainer.start(config, items, recipe)) {
      return trainer.train().checkpoint();
    }
  }

  private static Recipe recipe(GrpoConfig config) {
    return Recipe.of(config).withReward(new SmallIds());
  }

  private static double meanReward(List<JsonNode> rows) {
    return rows.stream().mapToDouble(r -> r.get("reward").asDouble()).average().orElseThrow();
  }

  private static float[] weight(Path file, String name) {
    return SafetensorsFile.read(file).floats(name);
  }

  /** Something that a model of random weights can be better or worse at: ids below 500. */
  private static final class SmallIds implements Reward {
    @Override
    public String name() {
      return "small_ids";
    }

    @Override
    public double score(VqaItem item, String completion, int[] tokenIds) {
      double small = 0;
      for (int id : tokenIds) {
        small += id < 500 ? 1 : 0;
      }
      return small / tokenIds.length;
    }
  }

  private record BreakAt(long step) implements TrainingListener {
    @Override
    public void onStep(StepReport report) {
      if (report.step() == step) {
        throw new IllegalStateException("broken");
      }
    }
  }
}
