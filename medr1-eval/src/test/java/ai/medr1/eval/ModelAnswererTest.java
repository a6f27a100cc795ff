package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.data.PromptTemplate;
import ai.medr1.data.VqaItem;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every golden model that is complete answers questions of different lengths. */
@Tag("parity")
class ModelAnswererTest {
  @TempDir Path temp;

  static Stream<Path> models() throws IOException {
    try (var all = Files.list(Path.of(System.getProperty("medr1.parity"), "models"))) {
      return all
          .filter(m -> Files.exists(m.resolve("preprocessor_config.json")))
          .filter(m -> Files.exists(m.resolve("model.safetensors")))
          .sorted()
          .toList()
          .stream();
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void batchesOfAnySizeGiveTheSameReport(Path directory) throws IOException {
    List<VqaItem> items = items();
    try (QwenVl model = QwenVl.load(directory, LoadOptions.inference())) {
      VqaPrompts prompts = new VqaPrompts(model.processor(), PromptTemplate.NO_THINK, 4096);
      Answerer answerer = new ModelAnswerer(model, prompts, 6);
      EvalReport single =
          new Evaluator(AnswerExtractor.RAW, 1, false).evaluate(answerer, items, p -> {});
      EvalReport batched =
          new Evaluator(AnswerExtractor.RAW, 3, false).evaluate(answerer, items, p -> {});
      assertThat(single.items()).hasSize(items.size());
      assertThat(batched).isEqualTo(single);
    }
  }

  private List<VqaItem> items() throws IOException {
    List<VqaItem> items = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Path image = temp.resolve(i + ".png");
      int side = 40 + 30 * i;
      ImageIO.write(
          new BufferedImage(side, side, BufferedImage.TYPE_INT_RGB), "png", image.toFile());
      items.add(
          new VqaItem(
              String.valueOf(i),
              i + ".png",
              image,
              "What is it?" + " Look again.".repeat(5 - i) + " A) CT, B) MRI",
              "<answer> A </answer>",
              List.of(),
              Optional.empty(),
              Optional.empty(),
              Optional.empty(),
              new VqaItem.Source(Path.of("test.json"), i)));
    }
    return items;
  }
}
