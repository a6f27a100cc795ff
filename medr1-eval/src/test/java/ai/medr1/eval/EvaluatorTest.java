package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.text.Prompt;
import ai.medr1.data.VqaItem;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CancellationException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ObjIntConsumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class EvaluatorTest {
  private static final int LONGEST = 90;

  /**
   * Answers A to everything; prompts have made-up lengths, and those over the limit are refused.
   */
  private static class Fake extends FakeAnswerer {
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
    Answer answer(Question question) {
      return Items.answer("no. " + index(question.item().id()) + " <answer>A</answer>");
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
  void promptsOfLikeLengthAreOpenTogether() {
    Fake model = new Fake(9, 1, 8, 2, 7, 3);
    evaluate(model, 2, false);
    assertThat(
            model.rounds.stream()
                .map(round -> round.stream().map(q -> q.prompt().ids().length).toList()))
        .containsExactly(List.of(9, 8), List.of(7, 3), List.of(2, 1));
  }

  @Test
  void promptsAreMadeNoFurtherAheadThanOneRound() {
    AtomicInteger made = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    AtomicInteger answered = new AtomicInteger();
    Answerer model =
        new FakeAnswerer() {
          @Override
          public int length(VqaItem item) {
            return 1;
          }

          @Override
          public Prompt prompt(VqaItem item) {
            most.accumulateAndGet(made.incrementAndGet() - answered.get(), Math::max);
            return new Prompt(new int[1], List.of(), item.id());
          }

          @Override
          Answer answer(Question question) {
            answered.incrementAndGet();
            return Items.answer("A");
          }
        };
    new Evaluator(AnswerExtractor.RAW, 3, false).evaluate(model, items(40), p -> {});
    assertThat(made).hasValue(40);
    // Three are open, three more and the one that was looked at are ready.
    assertThat(most.get()).isBetween(3, 7);
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
        .containsExactly(
            new Evaluator.Progress(1, 4, 0),
            new Evaluator.Progress(2, 4, 1),
            new Evaluator.Progress(3, 4, 2),
            new Evaluator.Progress(4, 4, 2));
  }

  @Test
  void aModelThatLosesAnOutputIsNoticed() {
    Answerer silent =
        new Fake(1, 1) {
          @Override
          public void answer(
              Iterator<Question> questions, int atOnce, ObjIntConsumer<Answer> answered) {
            answered.accept(answer(questions.next()), 0);
            questions.next();
          }
        };
    assertThatThrownBy(
            () -> new Evaluator(AnswerExtractor.RAW, 2, false).evaluate(silent, items(2), p -> {}))
        .hasMessageContaining("1 answers to 2 prompts");
  }

  @Test
  void anInterruptEndsItWithWhatItHas() {
    Fake model =
        new Fake(9, 8, 7, 6, 5, 4) {
          @Override
          Answer answer(Question question) {
            if (question.prompt().ids().length == 7) {
              Thread.currentThread().interrupt(); // the round that is going on ends
            }
            return super.answer(question);
          }
        };
    EvalReport report = evaluate(model, 2, false);
    assertThat(Thread.interrupted()).as("the thread stays interrupted").isTrue();
    assertThat(report.cancelled()).isTrue();
    assertThat(report.items()).hasSize(4);
    assertThat(report.left()).isEqualTo(2);
    assertThat(EvalTable.of(report)).contains("Not asked: cancelled");
  }

  @Test
  void anInterruptBeforeTheFirstAnswerIsToldByAnException() {
    Thread.currentThread().interrupt();
    assertThatThrownBy(() -> evaluate(new Fake(1, 2), 2, false))
        .isInstanceOf(CancellationException.class)
        .hasMessageContaining("before its first answer");
    assertThat(Thread.interrupted()).isTrue();
  }

  @Test
  void aBatchHasAtLeastOnePrompt() {
    assertThatThrownBy(() -> new Evaluator(AnswerExtractor.RAW, 0, false))
        .hasMessageContaining("found 0");
  }
}
