package ai.medr1.core.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class PreprocessorConfigTest {
  @TempDir Path dir;

  private PreprocessorConfig read(String json) throws IOException {
    return PreprocessorConfig.read(
        Files.writeString(dir.resolve("preprocessor_config.json"), json));
  }

  @Test
  void takesDefaultsForWhatIsMissing() throws IOException {
    assertThat(read("{}")).isEqualTo(PreprocessorConfig.qwenDefaults());
    assertThat(read("{\"min_pixels\": null, \"size\": null}"))
        .isEqualTo(PreprocessorConfig.qwenDefaults());
  }

  @Test
  void readsOlderAndNewerForm() throws IOException {
    PreprocessorConfig expected = PreprocessorConfig.qwenDefaults().withPixels(784, 50176);
    assertThat(read("{\"min_pixels\": 784, \"max_pixels\": 50176}")).isEqualTo(expected);
    assertThat(read("{\"size\": {\"shortest_edge\": 784, \"longest_edge\": 50176}}"))
        .isEqualTo(expected);
  }

  @Test
  void olderKeysCountWhereBothAreGiven() throws IOException {
    assertThat(
            read(
                "{\"max_pixels\": 50176, \"size\": {\"shortest_edge\": 784, \"longest_edge\": 9}}"))
        .isEqualTo(PreprocessorConfig.qwenDefaults().withPixels(784, 50176));
  }

  @Test
  void readsSizesAndStatistics() throws IOException {
    assertThat(
            read(
                "{\"patch_size\": 16, \"temporal_patch_size\": 1, \"merge_size\": 3,"
                    + " \"image_mean\": [0.5, 0.25, 0], \"image_std\": [1, 2, 3.5]}"))
        .isEqualTo(
            new PreprocessorConfig(
                3136, 1003520, 16, 1, 3, List.of(0.5f, 0.25f, 0f), List.of(1f, 2f, 3.5f)));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"min_pixels\": \"many\"}",
        "{\"min_pixels\": 0}",
        "{\"min_pixels\": 1.5}",
        "{\"min_pixels\": 10, \"max_pixels\": 9}",
        "{\"patch_size\": 0}",
        "{\"patch_size\": 100000}",
        "{\"image_mean\": [0.5]}",
        "{\"image_mean\": \"half\"}",
        "{\"image_std\": [1, 0, 1]}",
        "{\"do_resize\": false}",
        "{\"resample\": 2}",
        "{\"rescale_factor\": 1}"
      })
  void refusesNamingTheFile(String json) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("preprocessor_config.json")
        .hasMessageContaining("expected")
        .hasMessageContaining("found");
  }

  @ParameterizedTest
  @ValueSource(strings = {"[]", "{", ""})
  void refusesWhatIsNoObject(String json) {
    assertThatThrownBy(() -> read(json))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("preprocessor_config.json");
  }

  @Test
  void theProcessorsFileGoesBeforeTheOldOne() throws IOException {
    Files.writeString(dir.resolve("preprocessor_config.json"), "{\"max_pixels\": 5000}");
    Files.writeString(dir.resolve("processor_config.json"), "{\"processor_class\": \"P\"}");
    assertThat(PreprocessorConfig.ofModel(dir).maxPixels()).isEqualTo(5000);
    Files.writeString(
        dir.resolve("processor_config.json"),
        "{\"image_processor\": {\"size\": {\"shortest_edge\": 3136, \"longest_edge\": 9000}},"
            + " \"video_processor\": {\"size\": {\"shortest_edge\": 1, \"longest_edge\": 2}}}");
    assertThat(PreprocessorConfig.ofModel(dir).maxPixels()).isEqualTo(9000);
    Files.delete(dir.resolve("preprocessor_config.json"));
    assertThat(PreprocessorConfig.ofModel(dir).maxPixels()).isEqualTo(9000);
  }

  @Test
  void withoutSettingsTheErrorSaysWhereTheyAreExpected() {
    assertThatThrownBy(() -> PreprocessorConfig.ofModel(dir))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("processor_config.json", "preprocessor_config.json");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"size\": {\"shortest_edge\": 784, \"longest_edge\": 7840}}",
        "{\"size\": {\"min_pixels\": 784, \"max_pixels\": 7840}}",
        "{\"min_pixels\": 784, \"max_pixels\": 7840, \"size\": {\"shortest_edge\": 1, \"longest_edge\": 2}}"
      })
  void readsTheRangeOfPixelsInEveryForm(String json) throws IOException {
    assertThat(read(json).minPixels()).isEqualTo(784);
    assertThat(read(json).maxPixels()).isEqualTo(7840);
  }

  @Test
  void oneMeanIsThatOfAllChannels() throws IOException {
    assertThat(read("{\"image_mean\": 0.5}").mean()).containsExactly(0.5f, 0.5f, 0.5f);
  }

  @Test
  void refusesAMissingFile() {
    assertThatThrownBy(() -> PreprocessorConfig.read(dir.resolve("none.json")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("none.json");
  }

  static Stream<Path> checkpoints() throws IOException {
    try (Stream<Path> models = Files.list(Goldens.DIR.resolve("models"))) {
      return models
          .map(model -> model.resolve("preprocessor_config.json"))
          .filter(Files::exists)
          .toList()
          .stream();
    }
  }

  @Tag("parity")
  @ParameterizedTest
  @MethodSource("checkpoints")
  void readsTheCheckpoints(Path file) {
    PreprocessorConfig found = PreprocessorConfig.read(file);
    assertThat(found)
        .isEqualTo(
            PreprocessorConfig.qwenDefaults().withPixels(found.minPixels(), found.maxPixels()));
  }
}
