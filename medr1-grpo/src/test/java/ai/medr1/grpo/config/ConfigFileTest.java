package ai.medr1.grpo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.config.LoraConfig;
import ai.medr1.grpo.schedule.LearningRate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigFileTest {
  private static final GrpoConfig DEFAULTS = GrpoConfig.of(Path.of("model"), Path.of("out"));

  @TempDir Path dir;

  @Test
  void whatIsGivenReplacesTheDefault() throws IOException {
    GrpoConfig found =
        read(
            """
            # a comment
            group: 8
            optimizer:
              learningRate: 2e-5
              schedule: Cosine
            sampling: {temperature: 0.7}
            rewards:
              length: -0.1
            out: runs/c t
            """);
    assertThat(found.group()).isEqualTo(8);
    assertThat(found.optimizer().learningRate()).isEqualTo(2e-5);
    assertThat(found.optimizer().schedule()).isEqualTo(LearningRate.Shape.COSINE);
    assertThat(found.optimizer().beta2()).isEqualTo(DEFAULTS.optimizer().beta2());
    assertThat(found.sampling().temperature()).isEqualTo(0.7);
    assertThat(found.rewards()).isEqualTo(Map.of("accuracy", 1.0, "format", 1.0, "length", -0.1));
    assertThat(found.out()).isEqualTo(Path.of("runs/c t"));
    assertThat(found.seed()).isEqualTo(DEFAULTS.seed());
  }

  @Test
  void whatIsNoConfigurationIsNamed() throws IOException {
    assertThatThrownBy(() -> ConfigFile.read(DEFAULTS, dir, List.of()))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "cannot read the configuration %s: it is a folder, but a file is needed here", dir);
    Path file = dir.resolve("binary.yaml");
    Files.write(file, new byte[] {(byte) 0xff, 1});
    assertThatThrownBy(() -> ConfigFile.read(DEFAULTS, file, List.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(file.toString(), "not text in UTF-8");
    assertThatThrownBy(() -> ConfigFile.with(DEFAULTS, "data.modalities=[ct"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("[ct is no list");
  }

  @Test
  void settingsWinOverTheFileAndLaterOnesOverEarlier() throws IOException {
    GrpoConfig found =
        read(
            "group: 8\noptimizer: {learningRate: 2e-5, beta1: 0.8}\n",
            "optimizer.learningRate=3e-5",
            "group=2",
            "group=6",
            "rewards.format=0",
            "model=a: b, c");
    assertThat(found.group()).isEqualTo(6);
    assertThat(found.optimizer().learningRate()).isEqualTo(3e-5);
    assertThat(found.optimizer().beta1()).isEqualTo(0.8);
    assertThat(found.rewards()).containsEntry("format", 0.0).containsEntry("accuracy", 1.0);
    assertThat(found.model()).isEqualTo(Path.of("a: b, c"));
  }

  @Test
  void allLinearLayersAreTheTowersToo() {
    GrpoConfig found =
        ConfigFile.with(DEFAULTS, "load.lora.rank=4", "load.lora.targets=all-linear");
    assertThat(found.load().lora())
        .isEqualTo(new LoraOptions(4, 32, 0, LoraConfig.ALL_TARGETS, true));
    assertThatThrownBy(() -> ConfigFile.with(DEFAULTS, "load.lora.targets=[q_proj, merger]"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("all-linear, or among")
        .hasMessageContaining("merger");
  }

  @Test
  void anEmptyFileGivesTheDefaults() throws IOException {
    assertThat(read("# nothing\n")).isEqualTo(DEFAULTS);
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    GrpoConfig config =
        ConfigFile.with(
            DEFAULTS,
            "optimizer.learningRate=1.25e-7",
            "load.dtype=bfloat16",
            "data.shuffle=false",
            "data.modalities=[ct, XRay]");
    Path file = dir.resolve("effective.yaml");
    ConfigFile.write(config, file);
    GrpoConfig others = GrpoConfig.of(Path.of("x"), Path.of("y"));
    assertThat(ConfigFile.read(others, file, List.of())).isEqualTo(config);
    assertThat(file).content().doesNotContain("&id");
    assertThat(dir.toFile().list()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "group: four | c.yaml:1: group: expected a whole number, found \"four\"",
        "group: 1.5 | c.yaml:1: group: expected a whole number, found \"1.5\"",
        "group: 99999999999 | expected a whole number",
        "group: | c.yaml:1: group: expected a whole number, found \"\"",
        "group: [1] | c.yaml:1: group: expected a whole number, found a list",
        "beta: .nan | c.yaml:1: beta: expected a number, found \".nan\"",
        "beta: NaN | c.yaml:1: beta: expected a number, found \"NaN\"",
        "data: {shuffle: yes} | c.yaml:1: data.shuffle: expected true or false, found \"yes\"",
        "sampling: {temperature: hot} | sampling.temperature: expected a number, found \"hot\"",
        "optimizer: {schedule: step} | one of constant, linear, cosine, found \"step\"",
        "optimizer: fast | c.yaml:1: optimizer: expected a block of keys, found \"fast\"",
        "optimizer.learningRate: 1 | c.yaml:1: optimizer.learningRate: a file has no keys with"
            + " dots; write optimizer: and, indented below it, learningRate: …",
        "Group: 4 | c.yaml:1: unknown key Group; did you mean group?",
        "learningrate: 1 | c.yaml:1: unknown key learningrate; did you mean"
            + " optimizer.learningRate?",
        "optimizer: {lerningRate: 1} | unknown key optimizer.lerningRate; did you mean"
            + " optimizer.learningRate?",
        "{group: 4, group: 5} | c.yaml:1: group is given twice; leave one",
        "- group | expected lines of key: value",
        "group: [4 | c.yaml:2: not YAML",
        "group: 0 | c.yaml: group is 0, but",
        "optimizer: {beta1: 1} | c.yaml: optimizer.beta1 is in [0, 1), found 1.0",
        "optimizer: {warmupSteps: 5, warmupRatio: 0.1} | optimizer.warmupSteps is 5 and warmupRatio"
            + " 0.1",
        "data: {minPixels: 9, maxPixels: 8} | minPixels is 9, but maxPixels only 8",
        "load: {device: gpu} | device is auto, cpu, cuda or cuda:N, found gpu",
        "group: 1 | c.yaml: group is 1, but a completion is compared with the others of its group,"
            + " so that every advantage would be 0; set group to 2 or more",
        "sampling: {topK: 1} | c.yaml: sampling.topK is 1, at which all completions of a group"
            + " would be the same",
        "numericTolerance: 1 | c.yaml: numericTolerance is in [0, 1), found 1.0",
        "numericTolerance: -0.1 | c.yaml: numericTolerance is in [0, 1), found -0.1",
        "numericTolerance: some | c.yaml:1: numericTolerance: expected a number, found \"some\"",
        "rewards: {token-f1: much} | c.yaml:1: rewards.token-f1: expected a number, found \"much\"",
        "{epochs: 0} | nothing would be trained",
        "rewards: {accuracy: 0, format: 0} | no weight other than 0",
      })
  void faultsAreNamed(String text, String message) {
    assertThatThrownBy(() -> read(text + "\n"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void theLineOfAFaultIsGiven() {
    assertThatThrownBy(() -> read("group: 4\n\nsampling:\n  topK: 1\n  topP: most\n"))
        .hasMessageContaining("c.yaml:5: sampling.topP: expected a number, found \"most\"");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "group | --set group: expected key=value",
        "grup=4 | --set grup=4: unknown key grup; did you mean group?",
        "group=four | --set group=four: group: expected a whole number, found \"four\"",
        "group.x=4 | group: expected a whole number, found a block of keys",
        "sampling=4 | expected a block of keys",
        "group=-1 | --set group=-1: group is -1, but",
        "group=1 | --set group=1: group is 1, but",
      })
  void faultySettingsAreNamed(String setting, String message) {
    assertThatThrownBy(() -> ConfigFile.with(DEFAULTS, setting))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void aMissingFileIsNamed() {
    Path file = dir.resolve("none.yaml");
    assertThatThrownBy(() -> ConfigFile.read(DEFAULTS, file, List.of()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(file.toString());
  }

  private GrpoConfig read(String text, String... settings) throws IOException {
    Path file = dir.resolve("c.yaml");
    Files.writeString(file, text);
    return ConfigFile.read(DEFAULTS, file, List.of(settings));
  }
}
