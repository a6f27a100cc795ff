package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.core.InputException;
import ai.medr1.core.checkpoint.Checkpoint;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.SafetensorsFile;
import ai.medr1.core.config.LoraConfig;
import ai.medr1.core.text.Parity;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Adapters of all kinds that PEFT puts on these models, against what PEFT makes of them. */
@Tag("parity")
class AdapterParityTest {
  private static final double MERGED = 1e-6;
  private static final double LOGITS = 1e-4;
  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final String CONFIG = "adapter_config.json";

  @TempDir private Path directory;

  private static JsonNode manifest(String model) {
    return Golden.json("adapters/" + model + ".json");
  }

  private static Path adapter(String model, String kind) {
    return Parity.ROOT.resolve("adapters").resolve(model).resolve(kind);
  }

  static Stream<Arguments> kinds() {
    return Golden.models().stream()
        .flatMap(
            model ->
                manifest(model)
                    .get("kinds")
                    .propertyStream()
                    .map(kind -> Arguments.of(model, kind.getKey(), kind.getValue())));
  }

  static Stream<Arguments> halfPrecision() {
    return kinds().filter(kind -> ((JsonNode) kind.get()[2]).has("merged_bf16"));
  }

  private static QwenVl load(String model, Path adapter) {
    return QwenVl.load(Golden.directory(model), LoadOptions.inference().withAdapter(adapter));
  }

  /** Logits [V] of the last token. */
  private static float[] lastLogits(QwenVl model) {
    SafetensorsFile inputs = Golden.tensors("forward/single.inputs.safetensors");
    float[] all = Golden.logits(model, Golden.prompts(inputs, model.config()));
    int vocabulary = model.config().text().vocabSize();
    return Arrays.copyOfRange(all, all.length - vocabulary, all.length);
  }

  private static void assertLogits(QwenVl model, String name, String kind) {
    float[] golden = Golden.tensors("adapters/" + name + ".logits.safetensors").floats(kind);
    assertThat(Numbers.largestDifference(lastLogits(model), golden))
        .isLessThanOrEqualTo(LOGITS * Math.max(1, Numbers.peak(golden)));
  }

  /** The golden names the head of a tied model, too, which a checkpoint has no tensor for. */
  private static void assertMerged(
      Checkpoint checkpoint, JsonNode golden, Function<String, float[]> values, double bound) {
    assertThat(golden).isNotEmpty();
    golden
        .propertyStream()
        .filter(tensor -> checkpoint.weights().containsKey(tensor.getKey()))
        .forEach(tensor -> assertTensor(tensor, values.apply(tensor.getKey()), bound));
  }

  private static void assertTensor(
      Map.Entry<String, JsonNode> golden, float[] found, double bound) {
    String name = golden.getKey();
    double l2 = golden.getValue().get("l2").asDouble();
    double sum = IntStream.range(0, found.length).mapToDouble(i -> found[i]).sum();
    double all = bound * Math.sqrt(found.length) * Math.max(1, l2);
    assertThat(Numbers.norm(found)).as(name).isCloseTo(l2, within(all));
    assertThat(sum).as(name).isCloseTo(golden.getValue().get("sum").asDouble(), within(all));
    JsonNode places = golden.getValue().get("places");
    JsonNode values = golden.getValue().get("values");
    for (int i = 0; i < places.size(); i++) {
      double value = values.get(i).asDouble();
      assertThat((double) found[places.get(i).asInt()])
          .as(name + " at " + places.get(i))
          .isCloseTo(value, within(bound * Math.max(1, Math.abs(value))));
    }
  }

  /** Merged and as branches, in memory and as the checkpoint that is written. */
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("kinds")
  void computesWhatPeftDoes(String name, String kind, JsonNode golden) throws IOException {
    Path merged = directory.resolve("merged");
    try (QwenVl model = load(name, adapter(name, kind))) {
      assertLogits(model, name, kind);
      if (golden.get("mergeable").asBoolean()) {
        model.save(merged);
        assertWritten(merged, golden.get("merged"));
      } else {
        assertThatThrownBy(() -> model.save(merged))
            .isInstanceOf(InputException.class)
            .hasMessageContaining("lora_bias");
      }
      model.unmerge();
      assertLogits(model, name, kind);
    }
  }

  private static void assertWritten(Path merged, JsonNode golden) {
    Checkpoint written = Checkpoint.open(merged);
    SafetensorsFile file = SafetensorsFile.read(merged.resolve("model.safetensors"));
    assertMerged(written, golden, name -> file.floats(name), MERGED);
  }

  /** One rounding to bfloat16 apart: PEFT adds in the same way, so all but few are equal. */
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("halfPrecision")
  void mergesIntoHalfPrecisionAsPeftDoes(String name, String kind, JsonNode golden) {
    LoadOptions options =
        LoadOptions.inference().withDtype(DType.BF16).withAdapter(adapter(name, kind));
    try (QwenVl model = QwenVl.load(Golden.directory(name), options)) {
      model.merge();
      assertMerged(
          model.checkpoint(), golden.get("merged_bf16"), model.learner()::weight, 1.0 / 256);
    }
  }

  @ParameterizedTest
  @MethodSource("refused")
  void otherKindsAreRefusedByName(String kind, JsonNode golden) throws IOException {
    Files.writeString(directory.resolve(CONFIG), golden.get("config").toString());
    Files.copy(
        adapter(Golden.models().get(0), "gaussian").resolve(WEIGHTS), directory.resolve(WEIGHTS));
    assertThatThrownBy(() -> load(Golden.models().get(0), directory))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(golden.get("named").asText())
        .hasMessageContaining(CONFIG);
  }

  static Stream<Arguments> refused() throws IOException {
    List<Arguments> refused = new ArrayList<>();
    try (Stream<Path> files = Files.list(Parity.ROOT.resolve("adapters/refused"))) {
      for (Path file : files.sorted().toList()) {
        refused.add(
            Arguments.of(
                file.getFileName().toString(), new ObjectMapper().readTree(file.toFile())));
      }
    }
    assertThat(refused).hasSizeGreaterThan(10);
    return refused.stream();
  }

  @Test
  void moreThanBranchesCannotBeTrainedOn() {
    String model = Golden.models().get(0);
    LoadOptions options =
        LoadOptions.training()
            .withLora(LoraConfig.ofRank(2))
            .withAdapter(adapter(model, "bias-all"));
    assertThatThrownBy(() -> QwenVl.load(Golden.directory(model), options))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("more than plain branches");
  }
}
