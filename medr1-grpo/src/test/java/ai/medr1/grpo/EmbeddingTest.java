package ai.medr1.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.image.Images;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.EvalReport;
import ai.medr1.eval.EvaluatedItem;
import ai.medr1.eval.Evaluation;
import ai.medr1.eval.Wording;
import ai.medr1.grpo.config.ConfigFile;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.reward.Reward;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import jdk.jfr.Recording;
import jdk.jfr.consumer.RecordingFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** A program that brings its items, images and rewards itself and has no files. */
class EmbeddingTest {
  @TempDir Path dir;

  private record Brief() implements Reward {
    @Override
    public String name() {
      return "brief";
    }

    @Override
    public double score(VqaItem item, String completion, int[] tokenIds) {
      return -tokenIds.length;
    }
  }

  private static BufferedImage picture(int gray) {
    BufferedImage picture = new BufferedImage(56, 56, BufferedImage.TYPE_BYTE_GRAY);
    for (int i = 0; i < 56; i++) {
      picture.getRaster().setSample(i, i, 0, gray);
    }
    return picture;
  }

  private static byte[] png(BufferedImage picture) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    ImageIO.write(picture, "png", bytes);
    return bytes.toByteArray();
  }

  private static List<VqaItem> items() throws IOException {
    List<VqaItem> items = new ArrayList<>();
    for (int gray = 0; gray < 4; gray++) {
      items.add(
          VqaItem.question("How bright is it?")
              .image(picture(60 * gray))
              .image(png(picture(60 * gray + 30)))
              .options("Dark", "Bright")
              .answer(gray < 2 ? "Dark" : "Bright"));
    }
    return items;
  }

  /** Loading and steps, as Java Flight Recorder sees them, and a line of log per step. */
  @Test
  void tellsWhatItDoes() throws IOException {
    Logger log = (Logger) LoggerFactory.getLogger(TrainingRun.class);
    ListAppender<ILoggingEvent> lines = new ListAppender<>();
    lines.start();
    log.addAppender(lines);
    log.setLevel(Level.INFO);
    Path file = dir.resolve("run.jfr");
    GrpoConfig config = Tiny.grpo(Tiny.model(), dir.resolve("run"), "maxSteps=1");
    try (Recording recording = new Recording()) {
      recording.enable("ai.medr1.Phase").withThreshold(Duration.ZERO);
      recording.start();
      try (GrpoTrainer trainer = GrpoTrainer.start(config, items())) {
        trainer.train();
      }
      recording.stop();
      recording.dump(file);
    } finally {
      log.detachAppender(lines);
      log.setLevel(null);
    }
    assertThat(RecordingFile.readAllEvents(file))
        .filteredOn(event -> event.getEventType().getName().equals("ai.medr1.Phase"))
        .extracting(event -> event.getString("work") + " " + event.getString("phase"))
        .contains("load checkpoint", "load kernels", "load weights")
        .contains("step prepare", "step encode", "step sample", "step score", "step update");
    assertThat(lines.list).hasSize(1);
    assertThat(lines.list.get(0).getFormattedMessage())
        .matches("step 1 of 1: reward \\S+, loss \\S+, kl \\S+, grad_norm .*");
  }

  @Test
  void trainsWithItsOwnRewardAlone() throws IOException {
    GrpoConfig config = Tiny.grpo(Tiny.model(), dir.resolve("run"), "maxSteps=1", "beta=0");
    Recipe recipe = Recipe.of(config).withRewards(new Brief());
    try (GrpoTrainer trainer = GrpoTrainer.start(config, items(), recipe)) {
      assertThat(trainer.train().cancelled()).isFalse();
    }
    assertThat(Tiny.rows(config.out().resolve("metrics.jsonl")).get(0).fieldNames())
        .toIterable()
        .contains("rewards/brief/mean")
        .doesNotContain("rewards/accuracy/mean");
    GrpoConfig written = GrpoConfig.read(config.out().resolve("config.yaml"), List.of());
    assertThat(written.rewards()).isEqualTo(Map.of("brief", 1.0, "accuracy", 0.0, "format", 0.0));
  }

  @Test
  void weightsAreThoseOfTheConfiguration() {
    GrpoConfig config = Tiny.grpo(Tiny.model(), dir.resolve("run"));
    Recipe recipe = Recipe.of(config).withRewards(new Brief());
    assertThat(recipe.weighted(Map.of("brief", 0.5, "accuracy", 1.0)).weightsByName())
        .isEqualTo(Map.of("brief", 0.5));
    GrpoConfig none = config.withRewards(Map.of());
    assertThat(Recipe.of(none).withReward(new Brief()).weighted(none.rewards()).weightsByName())
        .isEqualTo(Map.of("brief", 1.0));
    assertThatThrownBy(() -> Recipe.of(none).weighted(none.rewards()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("Recipe.withReward");
    assertThatThrownBy(() -> ConfigFile.with(config, "rewards.accuracy=0", "rewards.format=0"))
        .hasMessageContaining("no weight other than 0");
  }

  @Test
  void itsItemsAreInspectedBeforeAnythingIsLoaded() throws IOException {
    List<VqaItem> items = new ArrayList<>(items());
    items.add(VqaItem.question("And this?").image(new byte[] {1, 2}).answer("nothing"));
    GrpoConfig config = Tiny.grpo(Tiny.model(), dir.resolve("run"));
    assertThatThrownBy(() -> GrpoTrainer.start(config, items))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("1 of 5 items of the program")
        .hasMessageContaining("unreadable image")
        .hasMessageContaining("data.badItems");
    assertThatThrownBy(() -> SftTrainer.start(Tiny.sft(Tiny.model(), config.out()), items, i -> ""))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("unreadable image");
    assertThatThrownBy(() -> GrpoTrainer.start(config, List.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no items");
    assertThat(config.out()).doesNotExist();
  }

  @Test
  void asksAndEvaluates() throws IOException {
    try (QwenVl model = QwenVl.load(Tiny.model(), LoadOptions.inference())) {
      String answer = model.ask("How bright is it?", 4, Images.of(picture(200)));
      byte[] file = png(picture(200));
      assertThat(model.ask("How bright is it?", 4, Images.read(file, "it"))).isEqualTo(answer);

      Evaluation medR1 = Evaluation.medR1(Wording.ZERO_SHOT, 3);
      EvalReport strict = medR1.run(model, items(), progress -> {});
      assertThat(strict.overall().right()).isZero();
      EvalReport checked =
          medR1
              .withCheck((item, text) -> Optional.of(item.gold().equals("A")))
              .run(model, items(), progress -> {});
      assertThat(checked.items())
          .extracting(EvaluatedItem::right)
          .containsExactly(true, true, false, false);

      VqaItem broken = VqaItem.question("And this?").image(new byte[] {1, 2}).answer("no");
      assertThatThrownBy(() -> medR1.run(model, List.of(broken), progress -> {}))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("item " + broken.id());
    }
  }
}
