package ai.medr1.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.data.VqaItem;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.metrics.StepReport;
import ai.medr1.grpo.metrics.TrainingListener;
import ai.medr1.grpo.reward.Reward;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is learned from: several updates, groups that teach nothing, completions that were cut. */
class MethodTest {
  @TempDir Path dir;
  private List<VqaItem> items;

  @BeforeEach
  void draw() throws IOException {
    items = Tiny.items(dir, 6);
  }

  private GrpoConfig config(String out, String... settings) {
    return Tiny.grpo(Tiny.model(), dir.resolve(out), settings);
  }

  private List<JsonNode> rows(GrpoConfig config, Reward reward) throws IOException {
    try (GrpoTrainer trainer = GrpoTrainer.start(config, items, recipe(config, reward))) {
      trainer.train();
    }
    return Tiny.rows(config.out().resolve("metrics.jsonl"));
  }

  private static Recipe recipe(GrpoConfig config, Reward reward) {
    return Recipe.of(config).withReward(reward);
  }

  /** What a completion earns. */
  private interface Score {
    double of(VqaItem item, int[] ids);
  }

  private static Reward reward(String name, Score score) {
    return new Reward() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public double score(VqaItem item, String completion, int[] ids) {
        return score.of(item, ids);
      }
    };
  }

  /** Differs among most completions of a group. */
  private static Reward ids() {
    return reward("ids", (item, ids) -> ids[0] % 7 / 7.0);
  }

  @Test
  void laterUpdatesOfABatchAreClippedAgainstThePolicyThatDrewIt() throws IOException {
    GrpoConfig config =
        config("run", "maxSteps=2", "method.iterations=3", "method.epsilon=0.01", "batch=2");
    List<JsonNode> rows = rows(config, ids());
    assertThat(rows).allMatch(row -> row.get("clip_ratio/region_mean").asDouble() > 0);
    GrpoConfig once = config("once", "maxSteps=2", "method.epsilon=0.01", "batch=2");
    List<JsonNode> single = rows(once, ids());
    assertThat(single).noneMatch(row -> row.has("clip_ratio/region_mean"));
    assertThat(single.get(0).get("reward")).isEqualTo(rows.get(0).get("reward"));
  }

  /** Weights that are nearly the same make every token about as probable as any other. */
  @Test
  void theEntropyIsThatOfWhatWasDrawn() throws IOException {
    JsonNode plain = rows(config("run", "maxSteps=1"), ids()).get(0);
    assertThat(plain.get("entropy").asDouble()).isBetween(1.0, Math.log(200_000));
    JsonNode cold = rows(config("cold", "maxSteps=1", "sampling.temperature=0.05"), ids()).get(0);
    assertThat(cold.get("entropy").asDouble()).isLessThan(plain.get("entropy").asDouble());
    JsonNode cut = rows(config("cut", "maxSteps=1", "sampling.topK=5"), ids()).get(0);
    assertThat(cut.has("entropy")).isFalse();
  }

  /** One pass over all in parts makes as many updates, each by the completions of its part. */
  @Test
  void aBatchThatIsCutIntoOptimizerStepsIsLearnedFromOnce() throws IOException {
    GrpoConfig config =
        config("run", "maxSteps=1", "method.stepsPerGeneration=2", "batch=2", "loss=dapo");
    JsonNode row = rows(config, ids()).get(0);
    assertThat(row.get("clip_ratio/region_mean").isDouble()).isTrue();
    assertThat(row.get("loss").isDouble()).isTrue();
    assertThat(config.out().resolve("checkpoint-1/trainer_state.json")).exists();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "method.iterations=2 loss=gspo method.equalGroups=redraw",
        "method.stepsPerGeneration=2 method.klIn=reward load.dtype=bfloat16",
        "method.iterations=2 load.lora.rank=4 load.lora.dropout=0.1 loss=cispo method.epsilonHigh=2"
      })
  void aResumedRunEqualsAnUninterruptedOne(String settings) throws IOException {
    List<String> all = new ArrayList<>(List.of(settings.split(" ")));
    all.addAll(List.of("maxSteps=3", "batch=2", "accumulation=1", "checkpoint.every=2"));
    GrpoConfig whole = config("whole", all.toArray(String[]::new));
    List<JsonNode> expected = rows(whole, ids());
    GrpoConfig cut = config("cut", all.toArray(String[]::new));
    TrainingListener breaks =
        new TrainingListener() {
          @Override
          public void onStep(StepReport report) {
            if (report.step() == 3) {
              throw new IllegalStateException("cut");
            }
          }
        };
    try (GrpoTrainer trainer =
        GrpoTrainer.start(cut, items, recipe(cut, ids()).withListener(breaks))) {
      assertThatThrownBy(trainer::train).hasMessage("cut");
    }
    try (GrpoTrainer trainer = GrpoTrainer.resume(cut, items, recipe(cut, ids()))) {
      trainer.train();
    }
    assertThat(Tiny.rows(cut.out().resolve("metrics.jsonl"))).isEqualTo(expected);
    String weights = cut.load().lora().rank() > 0 ? "adapter_model" : "model";
    for (String file : List.of(weights + ".safetensors", "optimizer.safetensors")) {
      assertThat(cut.out().resolve("checkpoint-3").resolve(file))
          .hasSameBinaryContentAs(whole.out().resolve("checkpoint-3").resolve(file));
    }
  }

  @Test
  void aStepWhoseCompletionsWereAllCutCostsNothing() throws IOException {
    GrpoConfig config =
        config("run", "maxSteps=4", "method.maskTruncated=true", "sampling.maxCompletionLength=2");
    int allCut = 0;
    for (JsonNode row : rows(config, ids())) {
      if (row.get("completions/clipped_ratio").asDouble() == 1) {
        allCut++;
        assertThat(row.get("loss").asDouble()).isZero();
        assertThat(row.get("grad_norm").asDouble()).isZero();
      }
    }
    assertThat(allCut).as("steps without a completion that ended").isPositive();
  }

  @Test
  void groupsWithEqualRewardsAreLeftOut() throws IOException {
    Reward same = reward("same", (item, ids) -> item.id().endsWith("0") ? ids[0] : 1.0);
    GrpoConfig config =
        config("run", "maxSteps=3", "method.equalGroups=drop", "batch=2", "accumulation=1");
    List<JsonNode> rows = rows(config, same);
    double used = rows.stream().mapToDouble(r -> r.get("groups/used").asDouble()).sum();
    assertThat(used).as("one of the six items").isLessThanOrEqualTo(1);
    for (JsonNode row : rows) {
      assertThat(row.get("groups/drawn").asDouble()).isEqualTo(2);
      if (row.get("groups/used").asDouble() == 0) {
        assertThat(row.get("loss").asDouble()).isZero();
      }
    }
  }

  @Test
  void othersAreDrawnInTheirPlaceAsManyAsAreMissing() throws IOException {
    AtomicInteger asked = new AtomicInteger();
    Reward some =
        reward(
            "some",
            (item, ids) -> {
              asked.incrementAndGet();
              return item.id().endsWith("0") || item.id().endsWith("3") ? 1.0 : ids[0];
            });
    GrpoConfig config =
        config(
            "run",
            "maxSteps=3",
            "data.shuffle=false",
            "method.equalGroups=redraw",
            "method.redraws=20",
            "batch=3",
            "accumulation=1");
    List<JsonNode> rows = rows(config, some);
    double drawn = 0;
    for (JsonNode row : rows) {
      assertThat(row.get("groups/used").asDouble()).isEqualTo(3);
      assertThat(row.get("groups/drawn").asDouble()).isGreaterThan(3);
      drawn += row.get("groups/drawn").asDouble();
    }
    int tried = items.size(); // right answers, before the first step
    int dryRun = 2 * config.group();
    assertThat(asked.get()).isEqualTo((int) (drawn * config.group()) + tried + dryRun);
  }

  @Test
  void theDivergenceCanBeTakenOffTheRewards() throws IOException {
    GrpoConfig config = config("run", "maxSteps=2", "method.klIn=reward", "beta=0.5");
    List<JsonNode> rows = rows(config, ids());
    assertThat(rows).noneMatch(row -> row.has("kl"));
    GrpoConfig none = config("none", "maxSteps=2", "beta=0");
    List<JsonNode> without = rows(none, ids());
    // At the start both are one model; then the divergence changes what is learned.
    assertThat(rows.get(0).get("loss").asDouble())
        .isCloseTo(without.get(0).get("loss").asDouble(), within(1e-5));
    assertThat(rows.get(1).get("grad_norm")).isNotEqualTo(without.get(1).get("grad_norm"));
  }

  @Test
  void theWeightOfTheDivergenceFallsWithTheRun() throws IOException {
    Map<String, Double> last =
        Map.of("constant", lossAtTheEnd("constant"), "linear", lossAtTheEnd("linear"));
    assertThat(last.get("linear")).isNotEqualTo(last.get("constant"));
  }

  private double lossAtTheEnd(String schedule) throws IOException {
    GrpoConfig config = config(schedule, "maxSteps=3", "beta=1", "method.klSchedule=" + schedule);
    return rows(config, ids()).get(2).get("loss").asDouble();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "method.redraws=0 method.equalGroups=redraw|redraws",
        "method.klCorrection=true method.ratio=sequence|klCorrection",
        "method.delta=0.5|delta",
        "loss=cispo|epsilonHigh",
        "loss=gsppo|gspo",
      })
  void whatCannotBeIsRefusedByName(String line) {
    String[] parts = line.split("\\|");
    assertThatThrownBy(
            () -> {
              GrpoConfig config = config("run", parts[0].split(" "));
              Recipe.of(config);
            })
        .hasMessageContaining(parts[1]);
  }
}
