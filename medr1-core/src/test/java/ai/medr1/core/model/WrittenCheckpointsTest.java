package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.core.checkpoint.CheckpointWriter;
import ai.medr1.core.checkpoint.NamedTensor;
import ai.medr1.core.image.Images;
import ai.medr1.core.image.RgbImage;
import ai.medr1.core.text.Content;
import ai.medr1.core.text.Message;
import ai.medr1.core.text.Parity;
import ai.medr1.core.text.Prompt;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Checkpoints as versions 4.45 to 5.x of the reference write them, in every form: prompts, image
 * grids, greedy answers and log-probabilities are those that its newest version gives with the same
 * directory.
 */
@Tag("parity")
class WrittenCheckpointsTest {
  private static final Path ROOT = Parity.ROOT.resolve("checkpoints");

  /** The reference resizes with torchvision there, which differs from Pillow by single levels. */
  private static final Offset<Float> CLOSE = Offset.offset(3e-2f);

  @TempDir Path temp;

  static Stream<Arguments> checkpoints() {
    return Golden.stream(manifest().get("checkpoints"))
        .map(row -> Arguments.of(row.get("name").asText(), row));
  }

  private static JsonNode manifest() {
    return Golden.json("checkpoints/manifest.json");
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("checkpoints")
  void answersAsTheReferenceDoes(String name, JsonNode row) throws IOException {
    Path dir = unpack(temp.resolve(name), row);
    Path copy = temp.resolve("copy");
    try (QwenVl model = QwenVl.load(dir, LoadOptions.inference())) {
      check(model, row);
      save(model, copy);
    }
    try (QwenVl model = QwenVl.load(copy, LoadOptions.inference())) {
      check(model, row);
    }
    assertThat(sidecars(copy)).isEqualTo(sidecars(dir));
  }

  private static void check(QwenVl model, JsonNode row) {
    RgbImage image = Images.read(ROOT.resolve(manifest().get("image").asText()));
    Message message =
        new Message(
            "user",
            List.of(new Content.Image(), new Content.Text(manifest().get("question").asText())));
    Prompt prompt = model.processor().prompt(List.of(message), List.of(image));

    assertThat(prompt.ids()).containsExactly(ints(row.get("prompt")));
    assertThat(prompt.images().get(0).grid().h()).isEqualTo(row.get("grid").get(1).asInt());
    assertThat(prompt.images().get(0).grid().w()).isEqualTo(row.get("grid").get(2).asInt());
    int[] answer = ints(row.get("answer"));
    // Where the two best tokens lie close together, the way of resizing could decide.
    int[] expected = row.get("margin").asDouble() < 0.01 ? Arrays.copyOf(answer, 1) : answer;
    List<List<Continuation>> answers =
        model
            .drawing()
            .generate(List.of(prompt), 1, model.greedy(expected.length), new long[1])
            .groups();
    assertThat(answers.get(0).get(0).ids()).containsExactly(expected);
    checkFirst(model, prompt, row.get("first"));
  }

  /** The log-probabilities of every 100th token behind the prompt. */
  private static void checkFirst(QwenVl model, Prompt prompt, JsonNode expected) {
    float[] logits = Golden.logits(model, List.of(prompt));
    int size = model.config().text().vocabSize();
    int last = logits.length - size;
    double sum = 0;
    for (int i = last; i < logits.length; i++) {
      sum += Math.exp(logits[i]);
    }
    for (int i = 0; i < expected.size(); i++) {
      assertThat((float) (logits[last + 100 * i] - Math.log(sum)))
          .as("log-probability of token %s", 100 * i)
          .isCloseTo((float) expected.get(i).asDouble(), CLOSE);
    }
  }

  private static void save(QwenVl model, Path out) throws IOException {
    List<NamedTensor> weights = new ArrayList<>();
    model.checkpoint().weights().forEach((n, info) -> weights.add(NamedTensor.stored(n, info)));
    CheckpointWriter.save(model.checkpoint(), out, weights);
  }

  /** Files besides configuration and weights, with their sizes. */
  private static Map<String, Long> sidecars(Path dir) throws IOException {
    Map<String, Long> sizes = new TreeMap<>();
    try (Stream<Path> files = Files.walk(dir)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String name = dir.relativize(file).toString();
        if (!name.startsWith("model") && !name.equals("config.json")) {
          sizes.put(name, Files.size(file));
        }
      }
    }
    return sizes;
  }

  private static Path unpack(Path dir, JsonNode row) throws IOException {
    for (Map.Entry<String, JsonNode> file : row.get("files").properties()) {
      Path target = dir.resolve(file.getKey());
      Files.createDirectories(target.resolveSibling(""));
      Files.copy(ROOT.resolve("files").resolve(file.getValue().asText()), target);
    }
    return dir;
  }

  private static int[] ints(JsonNode array) {
    return Golden.stream(array).mapToInt(JsonNode::asInt).toArray();
  }
}
