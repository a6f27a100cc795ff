package ai.medr1.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.core.text.Processor;
import ai.medr1.core.text.Prompt;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.VqaPrompts;
import ai.medr1.grpo.config.SftConfig;
import ai.medr1.grpo.metrics.StepReport;
import ai.medr1.grpo.metrics.TrainingListener;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class SftTrainerTest {
  @TempDir Path dir;
  private List<VqaItem> items;

  @BeforeEach
  void draw() throws IOException {
    items = Tiny.items(dir, 4);
  }

  @ParameterizedTest
  @MethodSource("ai.medr1.grpo.Tiny#models")
  void learnsTheAnswers(Path model) throws IOException {
    SftConfig config = Tiny.sft(model, dir.resolve("run"), "maxSteps=12");
    train(config);
    List<JsonNode> rows = Tiny.rows(config.out().resolve("metrics.jsonl"));
    assertThat(rows).hasSize(12);
    assertThat(rows.get(0).get("loss").asDouble()).isGreaterThan(3);
    assertThat(rows.get(11).get("loss").asDouble()).isLessThan(0.8);
  }

  /** The loss of the first step is that of all tokens but the first and the image's. */
  @ParameterizedTest
  @MethodSource("ai.medr1.grpo.Tiny#models")
  void learnsTheTextOfThePromptOnRequest(Path directory) throws IOException {
    SftConfig config =
        Tiny.sft(directory, dir.resolve("all"), "maxSteps=12", "batch=4", "learn=all");
    train(config);
    List<JsonNode> rows = Tiny.rows(config.out().resolve("metrics.jsonl"));
    double first = rows.get(0).get("loss").asDouble();
    assertThat(first).isCloseTo(lossOfAllText(config), within(1e-4));
    assertThat(rows.get(11).get("loss").asDouble()).isLessThan(first / 2);
  }

  /** The same from plain logits. */
  private double lossOfAllText(SftConfig config) {
    try (QwenVl model = QwenVl.load(config.model(), LoadOptions.inference());
        Processor processor = config.data().processor(config.model());
        NDManager scope = NDManager.newBaseManager()) {
      VqaPrompts prompts = config.data().prompts(processor);
      double sum = 0;
      int count = 0;
      for (VqaItem item : items) {
        Prompt prompt = prompts.of(item);
        int[] end = processor.tokenizer().encode(item.solution() + "<|im_end|>\n");
        int[] ids = IntStream.concat(Arrays.stream(prompt.ids()), Arrays.stream(end)).toArray();
        Prompt sequence = new Prompt(ids, prompt.images(), prompt.text());
        NDArray logps = model.scoring().logits(List.of(sequence), scope).logSoftmax(1);
        for (int i = 1; i < ids.length; i++) {
          if (ids[i] != model.config().tokens().imagePad()) {
            sum -= logps.getFloat(i - 1, ids[i]);
            count++;
          }
        }
      }
      return sum / count;
    }
  }

  @ParameterizedTest
  @EnumSource(SftConfig.Learned.class)
  void microBatchesDoNotChangeTheLoss(SftConfig.Learned learn) throws IOException {
    SftConfig one =
        Tiny.sft(Tiny.model(), dir.resolve("one"), "maxSteps=2", "batch=4", "learn=" + learn);
    SftConfig four =
        Tiny.sft(
            Tiny.model(),
            dir.resolve("four"),
            "maxSteps=2",
            "batch=1",
            "accumulation=4",
            "learn=" + learn);
    train(one);
    train(four);
    List<JsonNode> a = Tiny.rows(one.out().resolve("metrics.jsonl"));
    List<JsonNode> b = Tiny.rows(four.out().resolve("metrics.jsonl"));
    for (int i = 0; i < 2; i++) {
      assertThat(b.get(i).get("loss").asDouble())
          .isCloseTo(a.get(i).get("loss").asDouble(), within(1e-4));
    }
  }

  @Test
  void aResumedRunEqualsAnUninterruptedOne() throws IOException {
    SftConfig whole = Tiny.sft(Tiny.model(), dir.resolve("whole"), "maxSteps=4");
    Path expected = train(whole);
    SftConfig broken =
        Tiny.sft(Tiny.model(), dir.resolve("broken"), "maxSteps=4", "checkpoint.every=2");
    TrainingListener breaks =
        new TrainingListener() {
          @Override
          public void onStep(StepReport report) {
            if (report.step() == 3) {
              throw new IllegalStateException("broken");
            }
          }
        };
    assertThatThrownBy(() -> train(broken, breaks)).hasMessage("broken");
    try (SftTrainer trainer = SftTrainer.resume(broken, items, VqaItem::solution)) {
      assertThat(trainer.train().checkpoint().resolve("model.safetensors"))
          .hasSameBinaryContentAs(expected.resolve("model.safetensors"));
    }
    assertThat(Tiny.rows(broken.out().resolve("metrics.jsonl")))
        .isEqualTo(Tiny.rows(whole.out().resolve("metrics.jsonl")));
  }

  private Path train(SftConfig config, TrainingListener... listeners) {
    try (SftTrainer trainer = SftTrainer.start(config, items, VqaItem::solution, listeners)) {
      return trainer.train().checkpoint();
    }
  }
}
