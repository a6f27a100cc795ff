package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.text.Prompt;
import ai.medr1.data.VqaItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
  private static final int LONGEST = 90;

  /**
   * Answers A to everything; prompts have made-up lengths, and those over the limit are refused.
   */
  private static final class Fake implements Answerer {
    final List<List<Integer>> batches = new ArrayList<>();
    final int[] lengths;

    Fake(int... lengths) {
      this.lengths = lengths;
    }

    @Override
    public Prompt prompt(VqaItem item) {
      int length = lengths[index(item.id())];
      if (length > LONGEST) {
        throw new InputException("prompt of item " + item.id() + " is too long");
      }
      return new Prompt(new int[length], List.of(), item.id());
    }

    @Override
    public List<Answer> answer(List<Prompt> prompts) {
      batches.add(prompts.stream().map(p -> p.ids().length).toList());
      return prompts.stream()
          .map(p -> Items.answer("no. " + index(p.text()) + " <answer>A</answer>"))
          .toList();
    }

    @Override
    public String text(int[] tokens) {
      return Items.text(tokens);
    }

    private static int index(String id) {
      return Integer.parseInt(id.substring(id.indexOf('#') + 1));
    }
  }

  private static List<VqaItem> items(int n) {
    return IntStream.range(0, n).mapToObj(i -> Items.item(i, i % 3 == 0 ? "A" : "B")).toList();
  }

  private static EvalReport evaluate(Fake model, int batchSize, boolean skip) {
    return new Evaluator(AnswerExtractor.TAG, batchSize, skip)
        .evaluate(model, items(model.lengths.length), p -> {});
  }

  @Test
  void outputsGoToTheirItemsInTheOrderOfTheItems() {
    long seed = 20;
    Fake model = new Fake(new Random(seed).ints(100, 1, LONGEST).toArray());
    EvalReport report = evaluate(model, 3, false);
    assertThat(report.items()).as("seed %d", seed).hasSize(100);
    assertThat(report.items())
        .as("seed %d", seed)
        .allSatisfy(
            i -> assertThat(i.output()).startsWith("no. " + Fake.index(i.item().id()) + " "));
    assertThat(report.items().stream().map(EvaluatedItem::item).toList()).isEqualTo(items(100));
    assertThat(report.overall()).isEqualTo(new Score(100, 34));
  }

  @Test
  void promptsOfLikeLengthShareABatch() {
    Fake model = new Fake(9, 1, 8, 2, 7, 3);
    evaluate(model, 2, false);
    assertThat(model.batches).containsExactly(List.of(1, 2), List.of(3, 7), List.of(8, 9));
  }

  @Test
  void reportsDoNotDependOnTheBatchSize() {
    int[] lengths = new Random(7).ints(50, 1, LONGEST + 10).toArray();
    EvalReport one = evaluate(new Fake(lengths), 1, true);
    assertThat(one.skipped()).isPositive();
    assertThat(evaluate(new Fake(lengths), 4, true)).as("seed 7").isEqualTo(one);
    assertThat(evaluate(new Fake(lengths), 64, true)).as("seed 7").isEqualTo(one);
  }

  @Test
  void anItemThatCannotBeAskedEndsTheEvaluationOrIsCounted() {
    assertThatThrownBy(() -> evaluate(new Fake(5, LONGEST + 1, 5), 2, false))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("test.json#1");
    EvalReport report = evaluate(new Fake(5, LONGEST + 1, 5), 2, true);
    assertThat(report.skipped()).isEqualTo(1);
    assertThat(report.overall()).isEqualTo(new Score(2, 1));
  }

  @Test
  void progressGrowsToTheTotal() {
    List<Evaluator.Progress> seen = new ArrayList<>();
    new Evaluator(AnswerExtractor.TAG, 2, true)
        .evaluate(new Fake(5, 4, LONGEST + 1, 5), items(4), seen::add);
    assertThat(seen)
        .containsExactly(new Evaluator.Progress(3, 4, 1), new Evaluator.Progress(4, 4, 2));
  }

  @Test
  void aModelThatLosesAnOutputIsNoticed() {
    Answerer silent =
        new Answerer() {
          @Override
          public Prompt prompt(VqaItem item) {
            return new Prompt(new int[1], List.of(), "");
          }

          @Override
          public List<Answer> answer(List<Prompt> prompts) {
            return List.of();
          }

          @Override
          public String text(int[] tokens) {
            return "";
          }
        };
    assertThatThrownBy(
            () -> new Evaluator(AnswerExtractor.RAW, 2, false).evaluate(silent, items(1), p -> {}))
        .hasMessageContaining("0 answers to 1 prompts");
  }

  @Test
  void aBatchHasAtLeastOnePrompt() {
    assertThatThrownBy(() -> new Evaluator(AnswerExtractor.RAW, 0, false))
        .hasMessageContaining("found 0");
  }
}
