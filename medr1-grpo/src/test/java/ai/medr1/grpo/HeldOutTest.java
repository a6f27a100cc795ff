package ai.medr1.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.data.VqaItem;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.config.HeldOutConfig;
import ai.medr1.grpo.config.SftConfig;
import ai.medr1.grpo.metrics.HeldOutReport;
import ai.medr1.grpo.metrics.StepReport;
import ai.medr1.grpo.metrics.TrainingListener;
import ai.medr1.grpo.metrics.TrainingResult;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evaluation on held-out items while a run goes on. */
class HeldOutTest {
  private static final String[] HELD = {
    "data.prompt=no-think",
    "heldOut.share=0.4",
    "heldOut.every=2",
    "heldOut.maxNewTokens=4",
    "checkpoint.every=3",
    "checkpoint.keep=1"
  };

  @TempDir Path dir;
  private List<VqaItem> items;

  @BeforeEach
  void draw() throws IOException {
    items = Tiny.items(dir, 10);
  }

  /** Learns fast enough that some evaluation is better than the first. */
  private SftConfig config(String out, String... more) {
    List<String> settings = new ArrayList<>(List.of(HELD));
    settings.addAll(List.of(more));
    return Tiny.sft(Tiny.model(), dir.resolve(out), settings.toArray(String[]::new));
  }

  private TrainingResult train(SftConfig config, TrainingListener... listeners) {
    try (SftTrainer trainer = SftTrainer.start(config, items, VqaItem::solution, listeners)) {
      return trainer.train();
    }
  }

  private static List<JsonNode> evaluations(Path run) throws IOException {
    return Tiny.rows(run.resolve("evaluations.jsonl"));
  }

  @Test
  void isMadeBeforeEverySoManyStepsAndAfterTheLastAndTheBestStays() throws IOException {
    List<HeldOutReport> told = new ArrayList<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onEvaluation(HeldOutReport report) {
            told.add(report);
          }
        };
    SftConfig config = config("run", "maxSteps=30", "heldOut.every=10", "heldOut.maxNewTokens=24");
    TrainingResult result = train(config, listener);

    List<JsonNode> rows = evaluations(config.out());
    assertThat(rows).extracting(row -> row.get("step").asInt()).containsExactly(0, 10, 20, 30);
    assertThat(rows).allMatch(row -> row.get("items").asInt() == 4);
    double best =
        rows.stream().mapToDouble(row -> row.get("eval/accuracy").asDouble()).max().orElse(0);
    assertThat(best).as("accuracy of what was learned by heart").isPositive();
    JsonNode first =
        rows.stream()
            .filter(r -> r.get("eval/accuracy").asDouble() == best)
            .findFirst()
            .orElseThrow();
    assertThat(result.best())
        .contains(config.out().resolve("checkpoint-" + first.get("step").asInt()));
    assertThat(result.best().orElseThrow().resolve("model.safetensors")).exists();
    assertThat(told).hasSize(4);
    Set<String> heldOut = new HashSet<>();
    told.get(0).report().items().forEach(item -> heldOut.add(item.item().id()));
    assertThat(heldOut).hasSize(4);
  }

  @Test
  void itemsThatAreHeldOutAreNotTrainedOn() throws IOException {
    GrpoConfig config =
        Tiny.grpo(Tiny.model(), dir.resolve("run"), "heldOut.share=0.4", "epochs=2", "beta=0");
    Set<String> asked = new HashSet<>();
    Set<String> heldOut = new HashSet<>();
    TrainingListener listener =
        new TrainingListener() {
          @Override
          public void onStep(StepReport report) {
            report.samples().forEach(sample -> asked.add(sample.id()));
          }

          @Override
          public void onEvaluation(HeldOutReport report) {
            report.report().items().forEach(item -> heldOut.add(item.item().id()));
          }
        };
    try (GrpoTrainer trainer =
        GrpoTrainer.start(config, items, Recipe.of(config).withListener(listener))) {
      trainer.train();
    }
    assertThat(heldOut).hasSize(4);
    assertThat(asked).isNotEmpty().doesNotContainAnyElementsOf(heldOut);
  }

  @Test
  void aResumedRunEqualsAnUninterruptedOne() throws IOException {
    SftConfig whole = config("whole", "maxSteps=6");
    train(whole);
    SftConfig cut = config("cut", "maxSteps=6");
    TrainingListener breaks =
        new TrainingListener() {
          @Override
          public void onEvaluation(HeldOutReport report) {
            if (report.step() == 4) {
              throw new IllegalStateException("cut");
            }
          }
        };
    assertThatThrownBy(() -> train(cut, breaks)).hasMessage("cut");
    try (SftTrainer trainer = SftTrainer.resume(cut, items, VqaItem::solution)) {
      trainer.train();
    }
    assertThat(evaluations(cut.out())).isEqualTo(evaluations(whole.out()));
    for (String file : List.of("model.safetensors", "optimizer.safetensors")) {
      assertThat(cut.out().resolve("checkpoint-6").resolve(file))
          .hasSameBinaryContentAs(whole.out().resolve("checkpoint-6").resolve(file));
    }
    assertThat(cut.out().resolve("checkpoint-6/trainer_state.json"))
        .hasSameTextualContentAs(whole.out().resolve("checkpoint-6/trainer_state.json"));
  }

  @Test
  void aRunThatGetsNoBetterEnds() throws IOException {
    SftConfig config =
        config("run", "maxSteps=50", "optimizer.learningRate=0", "heldOut.patience=2");
    TrainingResult result = train(config);
    assertThat(result.steps()).isEqualTo(4);
    assertThat(result.cancelled()).isFalse();
    try (SftTrainer trainer = SftTrainer.resume(config, items, VqaItem::solution)) {
      assertThat(trainer.train().steps()).as("it stays ended").isEqualTo(4);
    }
  }

  @Test
  void whatCannotBeIsRefused() {
    HeldOutConfig config = HeldOutConfig.defaults();
    assertThatThrownBy(() -> config.withMetric("acuracy")).hasMessageContaining("accuracy");
    assertThatThrownBy(() -> config.withPatience(1)).hasMessageContaining("set every");
    assertThatThrownBy(() -> config.withShare(0.5).withSplits(Path.of("x")))
        .hasMessageContaining("leave one out");
    assertThatThrownBy(() -> train(config("all", "heldOut.share=0.95")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none to train on");
    assertThatThrownBy(() -> train(config("metric", "heldOut.metric=token-f1", "maxSteps=1")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("applies to none of the held-out items");
  }
}
