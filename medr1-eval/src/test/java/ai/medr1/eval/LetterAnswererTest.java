package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.medr1.core.InputException;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.core.text.Tokenizer;
import ai.medr1.data.Choices;
import ai.medr1.data.PromptTemplate;
import ai.medr1.data.VqaItem;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Probabilities of letters are those of the logits behind the prompt. */
@Tag("parity")
class LetterAnswererTest {
  @TempDir Path temp;

  static Stream<Path> models() throws IOException {
    return Goldens.models();
  }

  @ParameterizedTest
  @MethodSource("models")
  void probabilitiesAreThoseOfTheFirstTokenAmongTheOptions(Path directory) throws IOException {
    List<VqaItem> items = Goldens.items(temp, 5);
    try (QwenVl model = QwenVl.load(directory, LoadOptions.inference())) {
      VqaPrompts prompts = new VqaPrompts(model.processor(), PromptTemplate.ZERO_SHOT, 4096);
      Answerer answerer = new LetterAnswerer(model, prompts);
      EvalReport one =
          new Evaluator(AnswerExtractor.RAW, 1, false).evaluate(answerer, items, p -> {});
      EvalReport three =
          new Evaluator(AnswerExtractor.RAW, 3, false).evaluate(answerer, items, p -> {});
      for (int i = 0; i < items.size(); i++) {
        Map<String, Double> expected = expected(model, prompts, items.get(i));
        requireEqual(one.items().get(i), expected);
        requireEqual(three.items().get(i), expected);
      }
    }
  }

  private static void requireEqual(EvaluatedItem found, Map<String, Double> expected) {
    assertThat(found.letterProbs().keySet()).containsExactlyElementsOf(expected.keySet());
    expected.forEach(
        (letter, p) ->
            assertThat(found.letterProbs().get(letter)).as(letter).isCloseTo(p, within(2e-4)));
    String best = expected.entrySet().stream().max(Map.Entry.comparingByValue()).get().getKey();
    assertThat(found.output()).isEqualTo(best);
    assertThat(found.extracted()).contains(best);
    assertThat(found.tokens()).isZero();
    assertThat(found.answerLogprob()).isEmpty();
  }

  private static Map<String, Double> expected(QwenVl model, VqaPrompts prompts, VqaItem item) {
    Map<String, Double> weights = new LinkedHashMap<>();
    try (NDManager scope = NDManager.newBaseManager("PyTorch")) {
      NDArray logits = model.scoring().logits(List.of(prompts.of(item)), scope);
      float[] last = logits.get(logits.getShape().get(0) - 1).toFloatArray();
      Tokenizer tokenizer = model.processor().tokenizer();
      for (Choices.Option option : item.options()) {
        double weight = 0;
        for (String text : List.of(option.letter(), " " + option.letter())) {
          int[] ids = tokenizer.encode(text);
          weight += ids.length == 1 ? Math.exp(last[ids[0]]) : 0;
        }
        weights.put(option.letter(), weight);
      }
    }
    double sum = weights.values().stream().mapToDouble(Double::doubleValue).sum();
    weights.replaceAll((letter, weight) -> weight / sum);
    return weights;
  }

  @Test
  void lettersThatAreHardlyPossibleAreStillCompared() {
    Map<String, Double> logProbs = new LinkedHashMap<>();
    logProbs.put("A", -2000 + Math.log(0.25));
    logProbs.put("B", -2000 + Math.log(0.75));
    Answer answer = LetterAnswerer.chosen(logProbs);
    assertThat(answer.text()).isEqualTo("B");
    assertThat(answer.letterProbs()).isEqualTo(Map.of("A", 0.25, "B", 0.75));
  }

  @Test
  void ofEquallyProbableLettersTheFirstIsTaken() {
    Map<String, Double> logProbs = new LinkedHashMap<>();
    List.of("A", "B", "C").forEach(letter -> logProbs.put(letter, "A".equals(letter) ? -2.0 : -1));
    assertThat(LetterAnswerer.chosen(logProbs).text()).isEqualTo("B");
  }

  @Test
  void anItemWithoutOptionsCannotBeAsked() throws IOException {
    Path directory = models().min(Comparator.naturalOrder()).orElseThrow();
    try (QwenVl model = QwenVl.load(directory, LoadOptions.inference())) {
      VqaPrompts prompts = new VqaPrompts(model.processor(), PromptTemplate.ZERO_SHOT, 4096);
      VqaItem item = Items.item(3, "A");
      assertThatThrownBy(() -> new LetterAnswerer(model, prompts).prompt(item))
          .isInstanceOf(InputException.class)
          .hasMessageContainingAll("test.json item 3", "options", "answer=text");
    }
  }
}
