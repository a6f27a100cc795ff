package ai.medr1.core.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.core.InputException;
import ai.medr1.core.config.Family;
import ai.medr1.core.config.ModelConfig;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RandomCheckpointTest {
  private static final String Q_PROJ = "model.layers.1.self_attn.q_proj.weight";

  @TempDir Path temp;

  @ParameterizedTest
  @EnumSource
  void weightsAreDrawnAsTransformersDrawsThem(Family family) throws IOException {
    Checkpoint checkpoint = write("model", family, DType.F32, 3);

    assertThat(checkpoint.config().family()).isEqualTo(family);
    checkpoint
        .weights()
        .forEach(
            (name, tensor) -> {
              float[] values = SafetensorsFile.read(tensor.file()).floats(name);
              if (name.endsWith(".bias")) {
                assertThat(values).as(name).containsOnly(0);
              } else if (tensor.shape().size() == 1) {
                assertThat(values).as(name).containsOnly(1);
              } else {
                assertNormal(name, values);
              }
            });
  }

  @Test
  void aSeedGivesTheSameWeightsAndAnotherSeedOthers() throws IOException {
    float[] values = values(write("a", Family.QWEN2_VL, DType.F32, 3));

    assertThat(values(write("b", Family.QWEN2_VL, DType.F32, 3))).isEqualTo(values);
    assertThat(values(write("c", Family.QWEN2_VL, DType.F32, 4))).isNotEqualTo(values);
    assertThat(values(write("d", Family.QWEN2_VL, DType.BF16, 3)))
        .usingComparatorWithPrecision(1e-3f)
        .containsExactly(values);
  }

  @Test
  void theConfigFitsTheTokenizer() throws IOException {
    Checkpoint checkpoint = write("model", Family.QWEN2_5_VL, DType.BF16, 1);

    JsonNode tokenizer = Json.read(checkpoint.dir().resolve("tokenizer.json"));
    assertThat(checkpoint.config().text().vocabSize()).isEqualTo(1024);
    assertThat(checkpoint.config().tokens().imagePad()).isEqualTo(id(tokenizer, "<|image_pad|>"));
    assertThat(checkpoint.stopTokens())
        .containsExactlyInAnyOrder(id(tokenizer, "<|im_end|>"), id(tokenizer, "<|endoftext|>"));
    assertThat(checkpoint.dir().resolve("chat_template.json")).isNotEmptyFile();
    assertThat(Json.read(checkpoint.dir().resolve("preprocessor_config.json")).get("max_pixels"))
        .hasToString("401408");
  }

  @Test
  void anotherTokenizerSetsVocabularyAndIds() throws IOException {
    Path tokenizer = tokenizer(2000);
    Path out = temp.resolve("model");
    new RandomCheckpoint(Shape.SMOKE, Family.QWEN2_VL, Optional.of(tokenizer), DType.BF16, 1)
        .write(out);

    ModelConfig config = Checkpoint.open(out).config();
    assertThat(config.text().vocabSize()).isEqualTo(2048);
    assertThat(config.tokens().visionStart()).isEqualTo(2000);
    assertThat(out.resolve("chat_template.json")).isNotEmptyFile();
    assertThat(out.resolve("unrelated.json")).doesNotExist();
  }

  @Test
  void refusesATokenizerWithoutImages() throws IOException {
    Path dir = Files.createDirectory(temp.resolve("text-only"));
    Files.writeString(dir.resolve("tokenizer.json"), "{\"model\":{\"vocab\":{\"a\":0}}}");
    RandomCheckpoint random =
        new RandomCheckpoint(Shape.SMOKE, Family.QWEN2_VL, Optional.of(dir), DType.F32, 1);

    assertThatThrownBy(() -> random.write(temp.resolve("model")))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(dir.toString(), "has no added token <|");
  }

  @Test
  void refusesADirectoryWithoutTokenizer() {
    RandomCheckpoint random =
        new RandomCheckpoint(Shape.SMOKE, Family.QWEN2_VL, Optional.of(temp), DType.F32, 1);

    assertThatThrownBy(() -> random.write(temp.resolve("model")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("tokenizer.json");
  }

  @Test
  void namesAreThoseOfTheCommandLine() {
    assertThat(Shape.named("2b")).isEqualTo(Shape.TWO_B);
    assertThat(Family.named("qwen2.5-vl")).isEqualTo(Family.QWEN2_5_VL);
    assertThatThrownBy(() -> Shape.named("7b"))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("7b", "smoke, quickstart, mini or 2b");
  }

  @Test
  void theNamedShapesHaveTheirSizes() throws IOException {
    assertThat(parameters(Shape.SMOKE)).isBetween(300_000L, 1_500_000L);
    assertThat(parameters(Shape.MINI)).isBetween(20_000_000L, 70_000_000L);
    assertThat(parameters(Shape.TWO_B)).isBetween(1_900_000_000L, 2_300_000_000L);
  }

  private static long parameters(Shape shape) throws IOException {
    RandomCheckpoint random =
        new RandomCheckpoint(shape, Family.QWEN2_VL, Optional.empty(), DType.F32, 1);
    return Parameters.of(random.config()).values().stream().mapToLong(Shapes::elements).sum();
  }

  // Over five standard errors: no seed of a true normal distribution fails here.
  private static void assertNormal(String name, float[] values) {
    double sum = 0;
    double squares = 0;
    for (float value : values) {
      sum += value;
      squares += (double) value * value;
    }
    double error = 0.02 / Math.sqrt(values.length);
    assertThat(sum / values.length).as("mean of %s, seed 3", name).isEqualTo(0, within(6 * error));
    assertThat(Math.sqrt(squares / values.length))
        .as("deviation of %s, seed 3", name)
        .isEqualTo(0.02, within(5 * error));
  }

  private static float[] values(Checkpoint checkpoint) {
    return SafetensorsFile.read(checkpoint.weights().get(Q_PROJ).file()).floats(Q_PROJ);
  }

  private Checkpoint write(String name, Family family, DType dtype, long seed) throws IOException {
    Path dir = temp.resolve(name);
    new RandomCheckpoint(Shape.SMOKE, family, Optional.empty(), dtype, seed).write(dir);
    return Checkpoint.open(dir);
  }

  private Path tokenizer(int first) throws IOException {
    Path dir = Files.createDirectory(temp.resolve("tokenizer"));
    ObjectNode json = Json.object();
    ArrayNode added = json.putArray("added_tokens");
    int next = first;
    for (String token :
        List.of("vision_start", "vision_end", "vision_pad", "image_pad", "video_pad", "im_end")) {
      added.addObject().put("content", "<|" + token + "|>").put("id", next++);
    }
    added.addObject().put("content", "<|endoftext|>").put("id", next);
    Files.write(dir.resolve("tokenizer.json"), Json.toBytes(json));
    Files.writeString(dir.resolve("unrelated.json"), "{}");
    return dir;
  }

  private static int id(JsonNode tokenizer, String token) {
    for (JsonNode added : tokenizer.get("added_tokens")) {
      if (added.get("content").textValue().equals(token)) {
        return added.get("id").intValue();
      }
    }
    throw new AssertionError(token);
  }
}
