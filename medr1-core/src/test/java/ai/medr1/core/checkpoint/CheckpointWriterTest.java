package ai.medr1.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.config.Family;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointWriterTest {
  private static final String NORM = "model.norm.weight";

  @TempDir Path temp;
  private Path out;
  private Checkpoint source;

  @BeforeEach
  void source() throws IOException {
    Path dir = temp.resolve("source");
    new RandomCheckpoint(Shape.SMOKE, Family.QWEN2_5_VL, Optional.empty(), DType.F32, 1).write(dir);
    source = Checkpoint.open(dir);
    out = temp.resolve("out");
  }

  @Test
  void savesEveryBitAndEveryFile() throws IOException {
    CheckpointWriter.save(source, out, stored());

    assertThat(contents(out)).isEqualTo(contents(source.dir()));
  }

  @Test
  void splitsLargeModelsIntoShards() throws IOException {
    CheckpointWriter.save(source, out, stored(), 300_000);

    Checkpoint saved = Checkpoint.open(out);
    assertSameValues(saved);
    JsonNode index = Json.read(out.resolve(WeightFiles.INDEX));
    assertThat(index.at("/metadata/total_size").longValue())
        .isEqualTo(saved.weights().values().stream().mapToLong(TensorInfo::bytes).sum());
    assertThat(shardFiles(out)).hasSizeGreaterThan(2);
    for (Path shard : shardFiles(out)) {
      Map<String, TensorInfo> tensors = SafetensorsFile.read(shard).tensors();
      long bytes = tensors.values().stream().mapToLong(TensorInfo::bytes).sum();
      assertThat(bytes <= 300_000 || tensors.size() == 1).as("%s: %s bytes", shard, bytes).isTrue();
    }
  }

  @Test
  void theConfigNamesTheNewDtype() throws IOException {
    List<NamedTensor> rounded =
        source.weights().values().stream().map(CheckpointWriterTest::rounded).toList();
    CheckpointWriter.save(source, out, rounded);

    JsonNode config = Json.read(out.resolve("config.json"));
    assertThat(config.get("torch_dtype").textValue()).isEqualTo("bfloat16");
    assertThat(config.has("dtype")).isFalse();
    assertThat(Checkpoint.open(out).weights().get(NORM).dtype()).isEqualTo(DType.BF16);
  }

  @Test
  void aSaveReplacesTheWholeOldCheckpointAndNothingElse() throws IOException {
    CheckpointWriter.save(source, out, stored(), 300_000);
    Files.writeString(out.resolve("added_tokens.json"), "{}");
    Files.writeString(out.resolve("pytorch_model.bin"), "old");
    Files.writeString(out.resolve("README.md"), "mine");
    Files.createDirectory(out.resolve("runs"));

    CheckpointWriter.save(source, out, stored());

    Map<String, String> expected = contents(source.dir());
    expected.put("README.md", "mine");
    assertThat(contents(out)).isEqualTo(expected);
    assertThat(out.resolve("runs")).isDirectory();
    assertOnlyCheckpointsRemain();
  }

  @Test
  void aCheckpointCanBeSavedOverItself() throws IOException {
    Map<String, String> before = contents(source.dir());

    CheckpointWriter.save(source, source.dir(), stored());

    assertThat(contents(source.dir())).isEqualTo(before);
  }

  @Test
  void aLinkToADirectoryStaysALink() throws IOException {
    CheckpointWriter.save(source, out, stored());
    Path link = Files.createSymbolicLink(temp.resolve("link"), out);

    CheckpointWriter.save(source, link, stored());

    assertThat(link).isSymbolicLink();
    assertSameValues(Checkpoint.open(out));
    Files.delete(link);
    assertOnlyCheckpointsRemain();
  }

  @Test
  void aFailedSaveLeavesTheOldCheckpoint() throws IOException {
    CheckpointWriter.save(source, out, stored());
    Map<String, String> before = contents(out);
    List<NamedTensor> failing = new ArrayList<>(stored());
    NamedTensor last = failing.get(failing.size() - 1);
    TensorSource broken =
        channel -> {
          throw new IOException("no space left");
        };
    failing.set(
        failing.size() - 1, new NamedTensor(last.name(), last.dtype(), last.shape(), broken));

    assertThatThrownBy(() -> CheckpointWriter.save(source, out, failing))
        .isInstanceOf(IOException.class)
        .hasMessage("no space left");
    assertThat(contents(out)).isEqualTo(before);
    assertOnlyCheckpointsRemain();
  }

  @Test
  void refusesADirectoryOfOtherThings() throws IOException {
    Files.createDirectories(out);
    Files.writeString(out.resolve("thesis.txt"), "mine");

    assertThatThrownBy(() -> CheckpointWriter.save(source, out, stored()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("holds no checkpoint");
    assertThat(contents(out)).isEqualTo(Map.of("thesis.txt", "mine"));
  }

  @Test
  void refusesAFileInTheWay() throws IOException {
    Files.writeString(out, "mine");

    assertThatThrownBy(() -> CheckpointWriter.save(source, out, stored()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(out.toString());
    assertThat(out).hasContent("mine");
  }

  @Test
  void refusesAnIncompleteModel() {
    List<NamedTensor> weights =
        stored().stream().filter(tensor -> !tensor.name().equals(NORM)).toList();

    assertThatThrownBy(() -> CheckpointWriter.save(source, out, weights))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(out.toString(), "lacks", NORM);
    assertThat(out).doesNotExist();
  }

  private List<NamedTensor> stored() {
    return source.weights().entrySet().stream()
        .map(weight -> NamedTensor.stored(weight.getKey(), weight.getValue()))
        .toList();
  }

  private static NamedTensor rounded(TensorInfo tensor) {
    float[] values = SafetensorsFile.read(tensor.file()).floats(tensor.name());
    return NamedTensor.floats(tensor.name(), DType.BF16, tensor.shape(), values);
  }

  private void assertSameValues(Checkpoint saved) {
    source
        .weights()
        .forEach(
            (name, expected) ->
                assertThat(SafetensorsFile.read(saved.weights().get(name).file()).floats(name))
                    .as(name)
                    .isEqualTo(SafetensorsFile.read(expected.file()).floats(name)));
  }

  private void assertOnlyCheckpointsRemain() throws IOException {
    try (Stream<Path> entries = Files.list(temp)) {
      assertThat(entries).containsExactlyInAnyOrder(source.dir(), out);
    }
  }

  private static List<Path> shardFiles(Path dir) throws IOException {
    try (Stream<Path> files = Files.list(dir)) {
      return files.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
    }
  }

  private static Map<String, String> contents(Path dir) throws IOException {
    Map<String, String> contents = new TreeMap<>();
    try (Stream<Path> files = Files.list(dir)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String bytes = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
        contents.put(file.getFileName().toString(), bytes);
      }
    }
    return contents;
  }
}
