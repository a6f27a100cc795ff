package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.core.text.Prompt;
import ai.medr1.data.PromptTemplate;
import ai.medr1.data.VqaImage;
import ai.medr1.data.VqaItem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every golden model that is complete answers questions of different lengths. */
@Tag("parity")
class ModelAnswererTest {
  @TempDir Path temp;

  static Stream<Path> models() throws IOException {
    return Goldens.models();
  }

  @ParameterizedTest
  @MethodSource("models")
  void batchesOfAnySizeGiveTheSameReport(Path directory) throws IOException {
    List<VqaItem> items = Goldens.items(temp, 5);
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

  /** Several images, one, and none at all, which come together in a batch. */
  @ParameterizedTest
  @MethodSource("models")
  void itemsWithAnyNumberOfImagesAreAsked(Path directory) throws IOException {
    List<VqaItem> single = Goldens.items(temp, 4);
    List<VqaItem> items = new ArrayList<>();
    for (int count = 0; count <= 3; count++) {
      VqaItem item = single.get(count);
      List<VqaImage> images =
          single.subList(0, count).stream().flatMap(i -> i.images().stream()).toList();
      items.add(
          new VqaItem(
              item.id(),
              images,
              item.problem(),
              item.solution(),
              item.options(),
              item.answerKind(),
              item.labels(),
              item.source()));
    }
    try (QwenVl model = QwenVl.load(directory, LoadOptions.inference())) {
      VqaPrompts prompts = new VqaPrompts(model.processor(), PromptTemplate.NO_THINK, 4096);
      assertThat(items)
          .allSatisfy(
              item -> {
                Prompt prompt = prompts.of(item);
                assertThat(prompt.images()).hasSameSizeAs(item.images());
                assertThat(prompt.text().split("<\\|image_pad\\|>", -1))
                    .hasSize(item.images().size() + 1);
              });
      Answerer answerer = new ModelAnswerer(model, prompts, 6);
      EvalReport together =
          new Evaluator(AnswerExtractor.RAW, 4, false).evaluate(answerer, items, p -> {});
      EvalReport alone =
          new Evaluator(AnswerExtractor.RAW, 1, false).evaluate(answerer, items, p -> {});
      assertThat(together).isEqualTo(alone);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void lengthsAreInTheOrderOfThePrompts(Path directory) throws IOException {
    try (QwenVl model = QwenVl.load(directory, LoadOptions.inference())) {
      VqaPrompts prompts = new VqaPrompts(model.processor(), PromptTemplate.NO_THINK, 4096);
      List<Integer> rest =
          Goldens.items(temp, 5).stream()
              .map(item -> prompts.of(item).ids().length - prompts.length(item))
              .toList();
      assertThat(rest).allSatisfy(r -> assertThat(r).isCloseTo(rest.get(0), within(2)));
    }
  }
}
