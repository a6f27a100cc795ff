package ai.medr1.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.data.VqaItem;
import ai.medr1.grpo.config.SftConfig;
import ai.medr1.grpo.metrics.TrainingListener;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What disks, copies and kills do to checkpoints is found, and the one before is used. */
class DamagedCheckpointTest {
  @TempDir Path dir;
  private List<VqaItem> items;

  @BeforeEach
  void draw() throws IOException {
    items = Tiny.items(dir, 6);
  }

  private SftConfig config(String... settings) {
    return Tiny.sft(Tiny.model(), dir.resolve("run"), settings);
  }

  private void train(SftConfig config, TrainingListener... listeners) {
    try (SftTrainer trainer = SftTrainer.start(config, items, VqaItem::solution, listeners)) {
      trainer.train();
    }
  }

  private Path resume(SftConfig config) {
    try (SftTrainer trainer = SftTrainer.resume(config, items, VqaItem::solution)) {
      return trainer.train().checkpoint();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "flip model.safetensors",
        "flip optimizer.safetensors",
        "cut optimizer.safetensors",
        "zero model.safetensors",
        "delete config.json",
        "empty trainer_state.json"
      })
  void aDamagedOneIsNamedAndTheOneBeforeIsUsed(String line) throws IOException {
    SftConfig config = config("maxSteps=3", "checkpoint.every=1", "checkpoint.keep=3");
    train(config);
    byte[] expected = Files.readAllBytes(config.out().resolve("checkpoint-3/model.safetensors"));
    String[] parts = line.split(" ");
    damage(parts[0], config.out().resolve("checkpoint-3").resolve(parts[1]));

    assertThat(TrainingCheckpoints.newestWhole(config.out()))
        .contains(config.out().resolve("checkpoint-2"));
    Path last = resume(config);
    assertThat(last).isEqualTo(config.out().resolve("checkpoint-3"));
    assertThat(last.resolve("model.safetensors")).hasBinaryContent(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"{}", "null", "{\"step\":-5}", "[]"})
  void aStateThatIsNoneIsNamed(String text) throws IOException {
    SftConfig config = config("maxSteps=1");
    train(config);
    Path checkpoint = config.out().resolve("checkpoint-1");
    Files.delete(checkpoint.resolve("manifest.json"));
    Files.writeString(checkpoint.resolve("trainer_state.json"), text);
    assertThatThrownBy(() -> resume(config))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(checkpoint.resolve("trainer_state.json").toString());
  }

  @Test
  void aDamagedOneIsNotEvaluatedEither() throws IOException {
    SftConfig config = config("maxSteps=1");
    train(config);
    Path checkpoint = config.out().resolve("checkpoint-1");
    damage("flip", checkpoint.resolve("model.safetensors"));
    assertThatThrownBy(() -> QwenVl.load(checkpoint, LoadOptions.inference()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("model.safetensors is not as it was written")
        .hasMessageContaining("CRC-32C");
  }

  /** Whoever needs the space takes the state of the optimizer away. */
  @Test
  void aModelWithoutTheStateOfItsOptimizerIsLoaded() throws IOException {
    SftConfig config = config("maxSteps=1");
    train(config);
    Path checkpoint = config.out().resolve("checkpoint-1");
    Files.delete(checkpoint.resolve("optimizer.safetensors"));
    QwenVl.load(checkpoint, LoadOptions.inference()).close();
  }

  @Test
  void whatAKilledWriteLeftGoesAndOtherFoldersStay() throws IOException {
    SftConfig config = config("maxSteps=2", "checkpoint.every=1");
    train(config);
    List<String> left =
        List.of(
            "checkpoint-7.unfinished",
            ".checkpoint-7.unfinished.new-2f1d",
            ".checkpoint-7.unfinished.old-2f1d");
    for (String name : left) {
      Files.createDirectories(config.out().resolve(name).resolve("deeper"));
    }
    Path mine = Files.createDirectories(config.out().resolve("checkpoint-notes"));
    Files.createDirectories(config.out().resolve("checkpoint-99999999999999999999999"));
    assertThat(resume(config)).isEqualTo(config.out().resolve("checkpoint-2"));
    assertThat(left).noneMatch(name -> Files.exists(config.out().resolve(name)));
    assertThat(mine).exists();
  }

  /** An update so large that weights overflow: the step itself was good. */
  @Test
  void aBrokenModelIsNotWritten() throws IOException {
    SftConfig config =
        config("maxSteps=3", "checkpoint.every=1", "maxBadSteps=5", "optimizer.learningRate=1e39");
    try (SftTrainer trainer = SftTrainer.start(config, items, VqaItem::solution)) {
      assertThat(trainer.train().checkpoint()).isEqualTo(config.model());
    }
    assertThat(TrainingCheckpoints.newest(config.out())).isEmpty();
    assertThat(Tiny.rows(config.out().resolve("metrics.jsonl"))).hasSize(3);
  }

  private static void damage(String how, Path file) throws IOException {
    switch (how) {
      case "delete" -> Files.delete(file);
      case "empty" -> Files.writeString(file, "");
      default -> {
        try (RandomAccessFile bytes = new RandomAccessFile(file.toFile(), "rw")) {
          long middle = bytes.length() / 2;
          switch (how) {
            case "flip" -> {
              bytes.seek(middle);
              int value = bytes.read();
              bytes.seek(middle);
              bytes.write(value ^ 1);
            }
            case "cut" -> bytes.setLength(middle);
            case "zero" -> {
              bytes.seek(middle);
              bytes.write(new byte[(int) (bytes.length() - middle)]);
            }
            default -> throw new IllegalArgumentException(how);
          }
        }
      }
    }
  }

  @Test
  void runsHoldNothingButWholeCheckpoints() throws IOException {
    SftConfig config = config("maxSteps=2", "checkpoint.every=1");
    train(config);
    try (Stream<Path> entries = Files.list(config.out())) {
      assertThat(entries.map(entry -> entry.getFileName().toString()))
          .filteredOn(name -> name.contains("checkpoint"))
          .containsExactlyInAnyOrder("checkpoint-1", "checkpoint-2");
    }
    assertThat(config.out().resolve("checkpoint-2/manifest.json")).exists();
  }
}
