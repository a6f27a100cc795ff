package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.core.image.DecodeMode;
import ai.medr1.core.image.Images;
import ai.medr1.core.image.PreprocessorConfig;
import ai.medr1.core.image.RgbImage;
import ai.medr1.core.text.Parity;
import ai.medr1.core.text.Processor;
import ai.medr1.core.text.Prompt;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** From image files and messages to tokens: greedy completions against the reference's. */
@Tag("parity")
class GenerationParityTest {

  static Stream<Arguments> runs() {
    return Golden.models().stream()
        .flatMap(
            model ->
                Golden.stream(golden(model).get("runs"))
                    .map(run -> Arguments.of(model, run.get("repetition_penalty"), run)));
  }

  private static JsonNode golden(String model) {
    return Golden.json("forward/" + model + ".generate.json");
  }

  /**
   * The reference's own batches pad on the left and penalise the padding token too; here a batch
   * gives every prompt what it gets alone.
   */
  @ParameterizedTest(name = "{0} repetition penalty {1}")
  @MethodSource("runs")
  void greedyTokens(String name, JsonNode ignored, JsonNode run) {
    List<Prompt> prompts = new ArrayList<>();
    run.get("prompts").forEach(prompt -> prompts.add(prompt(name, prompt.asText())));
    List<int[]> expected = Golden.stream(run.get("single")).map(GenerationParityTest::ids).toList();
    Sampling sampling = sampling(golden(name), run);
    try (QwenVl model = QwenVl.load(Golden.directory(name), LoadOptions.inference())) {
      for (int i = 0; i < prompts.size(); i++) {
        assertThat(complete(model, prompts.subList(i, i + 1), sampling).get(0))
            .as(run.get("prompts").get(i).asText())
            .containsExactly(expected.get(i));
      }
      List<int[]> batched = complete(model, prompts, sampling);
      assertThat(batched).usingElementComparator(Arrays::compare).isEqualTo(expected);
      assertAgreesWithTheReferencesBatch(run, batched);
      assertThat(inSlots(model, prompts, sampling))
          .usingElementComparator(Arrays::compare)
          .isEqualTo(expected);
    }
  }

  /** With fewer slots than prompts, so that some wait for others. */
  private static List<int[]> inSlots(QwenVl model, List<Prompt> prompts, Sampling sampling) {
    int[][] answers = new int[prompts.size()][];
    model
        .drawing()
        .answer(
            prompts.stream().map(Request::of).iterator(),
            Math.max(1, prompts.size() - 1),
            sampling,
            (answer, index) -> answers[index] = answer.ids());
    return List.of(answers);
  }

  private static Sampling sampling(JsonNode golden, JsonNode run) {
    Set<Integer> stops =
        Golden.stream(golden.get("eos_token_id")).map(JsonNode::asInt).collect(Collectors.toSet());
    double penalty = run.get("repetition_penalty").asDouble();
    int longest = golden.get("max_new_tokens").asInt();
    return new Sampling(true, 1, 0, 1, penalty, longest, stops, false);
  }

  private static List<int[]> complete(QwenVl model, List<Prompt> prompts, Sampling sampling) {
    return model.drawing().generate(prompts, 1, sampling, new long[0]).groups().stream()
        .map(group -> group.get(0).ids())
        .toList();
  }

  private static void assertAgreesWithTheReferencesBatch(JsonNode run, List<int[]> batched) {
    for (int i = 0; i < batched.size(); i++) {
      if (run.get("batched_equals_single").get(i).asBoolean()) {
        int[] found = batched.get(i);
        int[] padded = ids(run.get("batched").get(i));
        assertThat(IntStream.of(padded).limit(found.length).toArray()).containsExactly(found);
      }
    }
  }

  private static int[] ids(JsonNode array) {
    return Golden.stream(array).mapToInt(JsonNode::asInt).toArray();
  }

  private static Prompt prompt(String model, String name) {
    JsonNode row =
        Golden.stream(Golden.json("prompts/prompts.json").get("prompts"))
            .filter(prompt -> prompt.get("name").asText().equals(name))
            .findFirst()
            .orElseThrow();
    Path directory = Golden.directory(model);
    PreprocessorConfig images =
        PreprocessorConfig.read(directory.resolve("preprocessor_config.json"))
            .withPixels(row.get("min_pixels").asLong(), row.get("max_pixels").asLong());
    try (Processor processor = Processor.load(directory, images)) {
      return processor.prompt(Parity.messages(row), decoded(row), Parity.options(row));
    }
  }

  private static List<RgbImage> decoded(JsonNode row) {
    DecodeMode mode =
        DecodeMode.valueOf(row.path("open_mode").asText("open").toUpperCase(Locale.ROOT));
    return Golden.stream(row.get("images"))
        .map(image -> Images.read(Parity.ROOT.resolve("images").resolve(image.asText()), mode))
        .toList();
  }
}
