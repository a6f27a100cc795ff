package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDManager;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.SafetensorsFile;
import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.text.Prompt;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Image features, logits and log-probabilities against the reference's. */
@Tag("parity")
class ForwardParityTest {
  /** The kernels are nearer to the reference than the manifest asks for. */
  private static final double ABSOLUTE = 1e-4;

  private static final Map<String, QwenVl> MODELS = new LinkedHashMap<>();

  @BeforeAll
  static void load() {
    for (String model : Golden.models()) {
      MODELS.put(model, QwenVl.load(Golden.directory(model), LoadOptions.training()));
    }
  }

  @AfterAll
  static void close() {
    MODELS.values().forEach(QwenVl::close);
  }

  private static JsonNode manifest(String model) {
    return Golden.json("forward/" + model + ".manifest.json");
  }

  private static double tolerance(String model, String of) {
    return Math.min(ABSOLUTE, manifest(model).get("tolerance").get(of).asDouble());
  }

  private static SafetensorsFile inputs(JsonNode golden) {
    return Golden.tensors("forward/" + golden.get("inputs").asText());
  }

  private static SafetensorsFile outputs(JsonNode golden) {
    return Golden.tensors("forward/" + golden.get("file").asText());
  }

  static Stream<Arguments> cases() {
    return Golden.models().stream()
        .flatMap(
            model ->
                Golden.stream(manifest(model).get("cases"))
                    .map(golden -> Arguments.of(model, golden.get("case").asText(), golden)));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void logits(String name, String ignored, JsonNode golden) {
    QwenVl model = MODELS.get(name);
    Golden.Rows rows = Golden.Rows.of(inputs(golden));
    float[] found = Golden.logits(model, Golden.prompts(inputs(golden), model.config()));
    SafetensorsFile expected = outputs(golden);
    String key = expected.tensors().containsKey("logits") ? "logits" : "logits_last";
    assertThat(largestDifference(found, expected.floats(key), rows, model.config()))
        .isLessThanOrEqualTo(tolerance(name, "logits_abs"));
  }

  /**
   * Walks over the columns that the reference has, the last ones of every row.
   *
   * @param found [tokens, V] without padding
   * @param expected [B, columns, V] with padding
   */
  private static double largestDifference(
      float[] found, float[] expected, Golden.Rows rows, ModelConfig config) {
    int vocabulary = config.text().vocabSize();
    int hidden = rows.width() - expected.length / vocabulary / rows.count();
    double largest = 0;
    int token = 0;
    int compared = 0;
    for (int row = 0; row < rows.count(); row++) {
      for (int column = 0; column < rows.width(); column++) {
        if (rows.real(row, column)) {
          if (column >= hidden) {
            int at = (row * (rows.width() - hidden) + column - hidden) * vocabulary;
            for (int v = 0; v < vocabulary; v++) {
              double difference = Math.abs(found[token * vocabulary + v] - expected[at + v]);
              largest = Math.max(largest, difference);
            }
            compared++;
          }
          token++;
        }
      }
    }
    assertThat(found).hasSize(token * vocabulary);
    assertThat(compared).isPositive();
    return largest;
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void imageFeatures(String name, String ignored, JsonNode golden) {
    QwenVl model = MODELS.get(name);
    List<Prompt> prompts = Golden.prompts(inputs(golden), model.config());
    SafetensorsFile expected = outputs(golden);
    try (NDManager manager = NDManager.newBaseManager()) {
      float[] found = model.network().features(prompts, manager).toFloatArray();
      if (expected.tensors().containsKey("vision.image_embeds")) {
        assertThat(Numbers.largestDifference(found, expected.floats("vision.image_embeds")))
            .isLessThanOrEqualTo(tolerance(name, "image_embeds_abs"));
      } else {
        assertThat(found).isEmpty();
      }
    }
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void logProbabilities(String name, String ignored, JsonNode golden) {
    QwenVl model = MODELS.get(name);
    Golden.Rows rows = Golden.Rows.of(inputs(golden));
    float[] logps = outputs(golden).floats("logps_last");
    int hidden = rows.width() - logps.length / rows.count();
    List<boolean[]> labels = new ArrayList<>();
    List<Float> expected = new ArrayList<>();
    for (int row = 0; row < rows.count(); row++) {
      List<Boolean> marks = new ArrayList<>();
      for (int column = 0; column < rows.width(); column++) {
        boolean scored = column >= hidden && !rows.first(row, column);
        if (rows.real(row, column)) {
          marks.add(scored);
          if (scored) {
            expected.add(logps[row * (rows.width() - hidden) + column - hidden]);
          }
        }
      }
      labels.add(unboxed(marks));
    }
    assertThat(packedLogps(model, Golden.prompts(inputs(golden), model.config()), labels))
        .usingComparatorWithPrecision((float) tolerance(name, "logps_abs"))
        .containsExactly(expected.toArray(new Float[0]));
  }

  private static boolean[] unboxed(List<Boolean> marks) {
    boolean[] array = new boolean[marks.size()];
    for (int i = 0; i < array.length; i++) {
      array[i] = marks.get(i);
    }
    return array;
  }

  private static float[] packedLogps(QwenVl model, List<Prompt> prompts, List<boolean[]> labels) {
    try (Scored scored = model.scoring().scoreSequences(prompts, labels)) {
      return scored.pack(scored.logps());
    }
  }

  static Stream<Arguments> variants() {
    return Golden.json("models/manifest.json")
        .propertyStream()
        .flatMap(
            entry ->
                Golden.stream(entry.getValue().get("variants"))
                    .map(JsonNode::asText)
                    .filter(variant -> hasWeights(entry.getKey() + "-" + variant))
                    .map(variant -> Arguments.of(entry.getKey(), variant)));
  }

  private static boolean hasWeights(String model) {
    return Files.exists(Golden.directory(model).resolve("model.safetensors"))
        || Files.exists(Golden.directory(model).resolve("model.safetensors.index.json"));
  }

  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("variants")
  void everyFormOfTheCheckpointGivesTheLogitsThatTheReferenceGives(String base, String variant) {
    JsonNode manifest = manifest(base);
    JsonNode golden = manifest.get("cases").get(0);
    QwenVl model = MODELS.get(base);
    List<Prompt> first = Golden.prompts(inputs(golden), model.config()).subList(0, 1);
    double expected = manifest.at("/variants_vs_base_logits/" + variant + "/max_abs").asDouble();
    try (QwenVl other =
        QwenVl.load(Golden.directory(base + "-" + variant), LoadOptions.inference())) {
      double found =
          Numbers.largestDifference(Golden.logits(other, first), Golden.logits(model, first));
      // Where the reference saw no difference the weights are the same bits, and so are logits.
      assertThat(found).isCloseTo(expected, within(expected == 0 ? 0 : 2 * ABSOLUTE));
    }
  }

  /**
   * Two roundings to bfloat16 in another order differ about as much as one differs from float32.
   */
  @ParameterizedTest(name = "{0} {1}")
  @MethodSource("cases")
  void bfloat16IsNearFloat32(String name, String ignored, JsonNode golden) {
    QwenVl model = MODELS.get(name);
    List<Prompt> prompts = Golden.prompts(inputs(golden), model.config());
    double reference = golden.at("/observed/float32_vs_bf16_logits/max_abs").asDouble();
    LoadOptions options = LoadOptions.inference().withDtype(DType.BF16);
    try (QwenVl rounded = QwenVl.load(Golden.directory(name), options)) {
      double found =
          Numbers.largestDifference(Golden.logits(rounded, prompts), Golden.logits(model, prompts));
      assertThat(found).isBetween(reference / 20, 2 * reference);
    }
  }
}
