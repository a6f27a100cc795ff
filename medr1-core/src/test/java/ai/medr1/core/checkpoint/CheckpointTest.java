package ai.medr1.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.config.Family;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointTest {
  private static final String NORM = "model.norm.weight";

  @TempDir Path temp;
  private Path dir;
  private List<NamedTensor> tensors;

  @BeforeEach
  void tiedCheckpoint() throws IOException {
    dir = temp.resolve("model");
    new RandomCheckpoint(Shape.SMOKE, Family.QWEN2_VL, Optional.empty(), DType.BF16, 1).write(dir);
    tensors = new ArrayList<>();
    // The values do not matter here.
    Checkpoint.open(dir)
        .weights()
        .values()
        .forEach(info -> tensors.add(zeros(info.name(), info.shape())));
  }

  @Test
  void namesOfTransformersModulesAreMapped() throws IOException {
    rename(
        name ->
            name.startsWith("visual.")
                ? "model." + name
                : name.replaceFirst("^model\\.", "model.language_model."));

    Checkpoint checkpoint = Checkpoint.open(dir);

    assertThat(checkpoint.weights().keySet())
        .containsExactlyElementsOf(Parameters.of(checkpoint.config()).keySet());
    assertThat(checkpoint.weights().get(NORM).name()).isEqualTo("model.language_model.norm.weight");
  }

  @Test
  void aTiedModelMayCarryItsHead() throws IOException {
    tensors.add(zeros("lm_head.weight", List.of(1024L, 64L)));
    writeTensors();

    assertThat(Checkpoint.open(dir).weights()).doesNotContainKey("lm_head.weight");
  }

  @Test
  void anUntiedModelNeedsItsHead() throws IOException {
    editConfig(config -> config.put("tie_word_embeddings", false));

    refused("lacks tensors that its config.json calls for: lm_head.weight");
  }

  @Test
  void refusesAMissingTensor() throws IOException {
    tensors.removeIf(tensor -> tensor.name().equals(NORM));
    writeTensors();

    refused("lacks tensors that its config.json calls for: " + NORM);
  }

  @Test
  void refusesASurplusTensor() throws IOException {
    tensors.add(zeros("model.extra", List.of(1L)));
    writeTensors();

    refused("has tensors that its config.json does not call for: model.extra");
  }

  @Test
  void refusesATensorUnderBothNames() throws IOException {
    tensors.add(zeros("model.language_model.norm.weight", List.of(64L)));
    writeTensors();

    refused("one tensor twice");
  }

  @Test
  void refusesAWrongShape() throws IOException {
    replaceNorm(zeros(NORM, List.of(8L, 8L)));

    refused("tensor " + NORM + " has the shape [8, 8], config.json calls for [64]");
  }

  @Test
  void refusesAWrongDtype() throws IOException {
    replaceNorm(new NamedTensor(NORM, DType.F64, List.of(64L), zeros("", List.of(256L)).source()));

    refused("tensor " + NORM + " has dtype F64, weights are F32, BF16 or F16");
  }

  @Test
  void refusesATruncatedFile() throws IOException {
    byte[] all = Files.readAllBytes(weights());
    Files.write(weights(), Arrays.copyOf(all, all.length - 1));

    refused("truncated");
  }

  @ParameterizedTest
  @ValueSource(strings = {"pytorch_model.bin", "model.pt", "weights.pth"})
  void refusesPickles(String name) throws IOException {
    Files.move(weights(), dir.resolve(name));

    refused(name + "), which can run code");
  }

  @Test
  void refusesADirectoryWithoutWeights() throws IOException {
    Files.delete(weights());

    refused("neither model.safetensors nor model.safetensors.index.json");
  }

  @Test
  void refusesAMissingDirectoryOrConfig() throws IOException {
    assertThatThrownBy(() -> Checkpoint.open(temp.resolve("none")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is not a directory");
    Files.delete(dir.resolve("config.json"));
    refused("has no config.json");
  }

  @ParameterizedTest(name = "{0}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {}                                       | weight_map must be an object
          {"weight_map":{}}                        | weight_map must be an object
          {"weight_map":{"a":7}}                   | must name .safetensors files
          {"weight_map":{"a":"../b.safetensors"}}  | must name .safetensors files
          {"weight_map":{"a":"a.bin"}}             | must name .safetensors files
          {"weight_map":{"a":"none.safetensors"}}  | none.safetensors, which is missing
          {"weight_map":{"a":"b.safetensors"}}     | which "INDEX" puts into no shard
          """)
  void refusesIndex(String json, String message) throws IOException {
    Files.move(weights(), dir.resolve("b.safetensors"));
    Path index = Files.writeString(dir.resolve(WeightFiles.INDEX), json);

    refused(message.replace("\"INDEX\"", index.toString()));
  }

  @Test
  void refusesAnIndexThatPromisesMore() throws IOException {
    Files.move(weights(), dir.resolve("b.safetensors"));
    ObjectNode index = Json.object();
    ObjectNode map = index.putObject("weight_map");
    tensors.forEach(tensor -> map.put(tensor.name(), "b.safetensors"));
    map.put("more", "b.safetensors");
    Files.write(dir.resolve(WeightFiles.INDEX), Json.toBytes(index));

    refused("says that more is in b.safetensors, which does not have it");
  }

  @ParameterizedTest(name = "{0}, {1}")
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"eos_token_id":5}      | 7     | 5
          {"eos_token_id":[5,6]}  | 7     | 5 6
          {}                      | 7     | 7
          {"eos_token_id":null}   | [7,8] | 7 8
          """)
  void stopTokensComeFromTheGenerationConfigFirst(String generation, String config, String expected)
      throws IOException {
    Files.writeString(dir.resolve(GenerationConfig.FILE), generation);
    byte[] entry = ("{\"eos_token_id\":" + config + "}").getBytes(StandardCharsets.UTF_8);
    editConfig(json -> json.setAll(Json.parse(entry, "entry")));

    assertThat(Checkpoint.open(dir).stopTokens())
        .extracting(Object::toString)
        .containsExactlyInAnyOrder(expected.split(" "));
  }

  @Test
  void withoutStopTokensItSaysSo() throws IOException {
    Files.delete(dir.resolve(GenerationConfig.FILE));
    editConfig(config -> config.remove("eos_token_id"));
    Checkpoint checkpoint = Checkpoint.open(dir);

    assertThatThrownBy(checkpoint::stopTokens)
        .isInstanceOf(InputException.class)
        .hasMessageContaining("eos_token_id");
  }

  @Test
  void generationSettingsAreNeutralUnlessSet() throws IOException {
    Files.writeString(dir.resolve(GenerationConfig.FILE), "{\"eos_token_id\":1}");
    assertThat(Checkpoint.open(dir).generation()).isEqualTo(new GenerationConfig(Set.of(1), 1));

    Files.writeString(
        dir.resolve(GenerationConfig.FILE),
        "{\"eos_token_id\":1,\"repetition_penalty\":1.05,\"temperature\":0.5,\"top_p\":0.9,"
            + "\"top_k\":20}");
    assertThat(Checkpoint.open(dir).generation()).isEqualTo(new GenerationConfig(Set.of(1), 1.05));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"repetition_penalty\":0}",
        "{\"repetition_penalty\":\"x\"}",
        "{\"eos_token_id\":\"x\"}"
      })
  void refusesGenerationSettings(String json) throws IOException {
    Files.writeString(dir.resolve(GenerationConfig.FILE), json);

    refused(GenerationConfig.FILE);
  }

  private void refused(String message) {
    assertThatThrownBy(() -> Checkpoint.open(dir))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message)
        .hasMessageContaining(dir.toString());
  }

  private void rename(UnaryOperator<String> names) throws IOException {
    tensors.replaceAll(tensor -> zeros(names.apply(tensor.name()), tensor.shape()));
    writeTensors();
  }

  private void replaceNorm(NamedTensor norm) throws IOException {
    tensors.replaceAll(tensor -> tensor.name().equals(NORM) ? norm : tensor);
    writeTensors();
  }

  private void writeTensors() throws IOException {
    SafetensorsWriter.write(weights(), tensors, Map.of());
  }

  private void editConfig(Consumer<ObjectNode> edit) throws IOException {
    Path file = dir.resolve("config.json");
    ObjectNode config = Json.read(file);
    edit.accept(config);
    Files.write(file, Json.toBytes(config));
  }

  private Path weights() {
    return dir.resolve(WeightFiles.SINGLE);
  }

  private static NamedTensor zeros(String name, List<Long> shape) {
    return new NamedTensor(
        name,
        DType.BF16,
        shape,
        new FloatSource(DType.BF16, Shapes.elements(shape), () -> () -> 0));
  }
}
