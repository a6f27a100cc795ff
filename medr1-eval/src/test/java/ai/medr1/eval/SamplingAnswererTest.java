package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.data.PromptTemplate;
import ai.medr1.data.VqaItem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What is drawn to an item depends on the seed and the item. */
@Tag("parity")
class SamplingAnswererTest {
  private static final int SAMPLES = 3;

  @TempDir Path temp;

  static Stream<Path> models() throws IOException {
    return Goldens.models();
  }

  @ParameterizedTest
  @MethodSource("models")
  void samplesDependOnSeedAndItemAlone(Path directory) throws IOException {
    List<VqaItem> items = Goldens.items(temp, 5);
    List<VqaItem> fewer = new ArrayList<>(items.subList(1, 5));
    Collections.reverse(fewer);
    try (QwenVl model = QwenVl.load(directory, LoadOptions.inference())) {
      VqaPrompts prompts = new VqaPrompts(model.processor(), PromptTemplate.NO_THINK, 4096);
      ModelAnswerer greedy = new ModelAnswerer(model, prompts, 6);
      Answerer drawing = new SamplingAnswerer(greedy, SAMPLES, 1, 7);
      Map<String, EvaluatedItem> all = evaluate(drawing, items, 12);

      assertThat(evaluate(greedy, items, 2))
          .allSatisfy(
              (id, item) -> {
                assertThat(all.get(id).output()).isEqualTo(item.output());
                assertThat(all.get(id).answerLogprob()).isEqualTo(item.answerLogprob());
                assertThat(item.samples()).isEmpty();
              });
      assertThat(all.values()).allSatisfy(i -> assertThat(i.samples()).hasSize(SAMPLES));
      assertThat(all.values().stream().flatMap(i -> i.samples().stream()).distinct())
          .hasSizeGreaterThan(SAMPLES);
      assertThat(all).containsAllEntriesOf(evaluate(drawing, fewer, 1));
      assertThat(samples(evaluate(new SamplingAnswerer(greedy, SAMPLES, 1, 8), items, 12)))
          .isNotEqualTo(samples(all));
    }
  }

  private static List<List<EvaluatedItem.Sample>> samples(Map<String, EvaluatedItem> items) {
    return items.values().stream().map(EvaluatedItem::samples).toList();
  }

  private static Map<String, EvaluatedItem> evaluate(
      Answerer model, List<VqaItem> items, int batch) {
    return new Evaluator(AnswerExtractor.RAW, batch, false)
        .evaluate(model, items, p -> {}).items().stream()
            .collect(Collectors.toMap(i -> i.item().id(), i -> i));
  }
}
