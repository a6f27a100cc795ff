package ai.medr1.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.core.config.ModelConfig;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Every layout of a checkpoint that the reference writes is the same model. */
@Tag("parity")
class CheckpointParityTest {
  private static final Path MODELS = Path.of(System.getProperty("medr1.parity"), "models");

  @ParameterizedTest
  @MethodSource("bases")
  void manifestCountsTheParameters(String base, JsonNode entry) {
    Checkpoint checkpoint = Checkpoint.open(MODELS.resolve(base));

    ModelConfig config = checkpoint.config();
    assertThat(config.family().modelType()).isEqualTo(entry.get("family").textValue());
    assertThat(config.tieWordEmbeddings()).isEqualTo(entry.get("tie_word_embeddings").asBoolean());
    assertThat(checkpoint.weights()).hasSize(entry.get("tensors").intValue());
    assertThat(checkpoint.weights().values().stream().mapToLong(TensorInfo::elements).sum())
        .isEqualTo(entry.get("parameters").longValue());
  }

  @ParameterizedTest
  @MethodSource("variants")
  void everyFormOfTheConfigIsTheSameModel(Path base, Path variant) {
    assertThat(config(variant)).isEqualTo(config(base));
  }

  @ParameterizedTest
  @MethodSource("variants")
  void everyLayoutHasTheSameWeights(Path base, Path variant) throws IOException {
    if (Files.exists(variant.resolve("keys.json"))) {
      assertThat(publicNames(variant.resolve("keys.json")))
          .isEqualTo(Parameters.of(config(base)).keySet());
    } else if (hasWeights(variant)) {
      assertSameWeights(Checkpoint.open(base), Checkpoint.open(variant));
    }
  }

  @ParameterizedTest
  @MethodSource("directories")
  void everyDirectoryWithWeightsOpens(Path dir) {
    Checkpoint checkpoint = Checkpoint.open(dir);

    assertThat(checkpoint.weights().keySet())
        .containsExactlyElementsOf(Parameters.of(checkpoint.config()).keySet());
    assertThat(checkpoint.stopTokens()).isNotEmpty();
  }

  @ParameterizedTest
  @MethodSource("directories")
  void aSavedCopyIsTheSameCheckpoint(Path dir, @TempDir Path temp) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(dir);
    List<NamedTensor> weights = new ArrayList<>();
    checkpoint.weights().forEach((name, info) -> weights.add(NamedTensor.stored(name, info)));

    CheckpointWriter.save(checkpoint, temp.resolve("copy"), weights);

    Checkpoint copy = Checkpoint.open(temp.resolve("copy"));
    assertThat(copy.rawConfig()).isEqualTo(checkpoint.rawConfig());
    assertThat(copy.generation()).isEqualTo(checkpoint.generation());
    copy.weights()
        .forEach((name, info) -> assertThat(info.dtype()).isEqualTo(dtype(checkpoint, name)));
    assertSameWeights(checkpoint, copy);
  }

  private static DType dtype(Checkpoint checkpoint, String name) {
    return checkpoint.weights().get(name).dtype();
  }

  private static void assertSameWeights(Checkpoint base, Checkpoint variant) {
    assertThat(variant.weights().keySet()).isEqualTo(base.weights().keySet());
    base.weights()
        .forEach(
            (name, expected) -> {
              TensorInfo found = variant.weights().get(name);
              float[] values = values(expected);
              if (found.dtype() == DType.BF16 && expected.dtype() != DType.BF16) {
                roundToBfloat(values);
              }
              assertThat(values(found)).as("%s of %s", name, variant.dir()).isEqualTo(values);
            });
  }

  // The slow, obvious way: the nearer of the two neighbours, on a tie the one with an even last
  // bit.
  private static void roundToBfloat(float[] values) {
    for (int i = 0; i < values.length; i++) {
      float down = Float.intBitsToFloat(Float.floatToIntBits(values[i]) & 0xffff0000);
      float up = Float.intBitsToFloat(Float.floatToIntBits(down) + 0x10000);
      double toDown = Math.abs((double) values[i] - down);
      double toUp = Math.abs((double) up - values[i]);
      boolean downIsEven = (Float.floatToIntBits(down) & 0x10000) == 0;
      values[i] = toDown < toUp || (toDown == toUp && downIsEven) ? down : up;
    }
  }

  private static float[] values(TensorInfo tensor) {
    return SafetensorsFile.read(tensor.file()).floats(tensor.name());
  }

  private static ModelConfig config(Path dir) {
    Path file = dir.resolve("config.json");
    return ConfigReader.read(file, Json.read(file));
  }

  private static Set<String> publicNames(Path keys) throws IOException {
    Set<String> names = new TreeSet<>();
    for (JsonNode key : JsonMapper.builder().build().readTree(keys.toFile())) {
      names.add(TensorNames.toPublic(key.textValue()));
    }
    return names;
  }

  private static boolean hasWeights(Path dir) {
    return Files.exists(dir.resolve(WeightFiles.SINGLE))
        || Files.exists(dir.resolve(WeightFiles.INDEX));
  }

  static List<Arguments> bases() {
    return manifest().properties().stream()
        .map(base -> Arguments.of(base.getKey(), base.getValue()))
        .toList();
  }

  static List<Arguments> variants() {
    return manifest().properties().stream().flatMap(CheckpointParityTest::variants).toList();
  }

  private static Stream<Arguments> variants(Map.Entry<String, JsonNode> base) {
    return StreamSupport.stream(base.getValue().get("variants").spliterator(), false)
        .map(variant -> base.getKey() + "-" + variant.textValue())
        .map(variant -> Arguments.of(MODELS.resolve(base.getKey()), MODELS.resolve(variant)));
  }

  static List<Path> directories() throws IOException {
    try (Stream<Path> dirs = Files.list(MODELS)) {
      return dirs.filter(CheckpointParityTest::hasWeights).sorted().toList();
    }
  }

  private static JsonNode manifest() {
    return Json.read(MODELS.resolve("manifest.json"));
  }
}
