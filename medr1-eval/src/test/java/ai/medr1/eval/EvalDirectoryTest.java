package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.text.Prompt;
import ai.medr1.data.VqaItem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EvalDirectoryTest {
  private static final List<VqaItem> DATA =
      IntStream.range(0, 10).mapToObj(i -> Items.item(i, i % 3 == 0 ? "A" : "B")).toList();

  @TempDir Path temp;

  /** Answers A; shorter prompts come first in the data, so that answers are out of its order. */
  private static final class Fake extends FakeAnswerer {
    final List<String> asked = new ArrayList<>();
    int left;

    /**
     * @param left answers that are given before the model fails
     */
    Fake(int left) {
      this.left = left;
    }

    @Override
    public Prompt prompt(VqaItem item) {
      return new Prompt(new int[100 + item.source().index()], List.of(), item.id());
    }

    @Override
    Answer answer(Question question) {
      if (--left < 0) {
        throw new IllegalStateException("the power is off");
      }
      String id = question.item().id();
      asked.add(id);
      return Items.answer(id + "<answer>A</answer>");
    }
  }

  private static EvalDirectory.Setup setup(List<VqaItem> items, int tokens, int batch) {
    return new EvalDirectory.Setup(
        items,
        "think",
        new EvalSettings(
            Map.of("maxNewTokens", tokens, "modalities", List.of("ct")), Map.of("batch", batch)),
        TrainingImages.all(DATA.subList(0, 2)),
        "cpu");
  }

  private static void evaluate(Fake model, List<VqaItem> items, EvalDirectory directory, int batch)
      throws IOException {
    try (directory) {
      directory.finish(
          new Evaluator(AnswerExtractor.TAG, batch, false)
              .evaluate(model, items, directory, progress -> {}));
    }
  }

  private Path whole() throws IOException {
    Path whole = temp.resolve("whole");
    evaluate(new Fake(100), DATA, EvalDirectory.start(whole, setup(DATA, 8, 3)), 3);
    return whole;
  }

  /** An evaluation that ends after four answers, in the middle of a row. */
  private Path interrupted() throws IOException {
    Path directory = temp.resolve("interrupted");
    assertThatThrownBy(
            () -> evaluate(new Fake(4), DATA, EvalDirectory.start(directory, setup(DATA, 8, 2)), 2))
        .hasMessageContaining("power");
    Path rows = directory.resolve("items.jsonl");
    assertThat(Files.readAllLines(rows)).hasSize(4);
    String text = Files.readString(rows);
    Files.writeString(rows, text.substring(0, text.length() - 9));
    return directory;
  }

  @Test
  void filesAreInTheOrderOfTheDataWhateverTheBatch() throws IOException {
    Path one = temp.resolve("one");
    evaluate(new Fake(100), DATA, EvalDirectory.start(one, setup(DATA, 8, 1)), 1);
    assertThat(one.resolve("items.jsonl")).hasSameTextualContentAs(whole().resolve("items.jsonl"));
    assertThat(ItemRows.read(one.resolve("items.jsonl")).stream().map(i -> i.item().id()))
        .isEqualTo(DATA.stream().map(VqaItem::id).toList());
  }

  @Test
  void goingOnAsksWhatHasNoRowAndEndsWithTheSameFiles() throws IOException {
    Path directory = interrupted();
    Fake model = new Fake(7);

    evaluate(model, DATA, EvalDirectory.resume(directory, setup(DATA, 8, 5)), 5);

    assertThat(model.asked).hasSize(7).doesNotContain("test.json#9", "test.json#8", "test.json#6");
    for (String file : List.of("items.jsonl", "results.json", "summary.json")) {
      assertThat(directory.resolve(file)).hasSameTextualContentAs(whole().resolve(file));
    }
  }

  @Test
  void goingOnAddsToTheSeconds() throws IOException {
    Path directory = interrupted();
    Environment.now("cpu").withSeconds(90).write(directory);

    evaluate(new Fake(7), DATA, EvalDirectory.resume(directory, setup(DATA, 8, 5)), 5);
    assertThat(Environment.spent(directory)).isBetween(90.0, 150.0);

    evaluate(new Fake(10), DATA, EvalDirectory.start(directory, setup(DATA, 8, 5)), 5);
    assertThat(Environment.spent(directory)).isLessThan(60);
  }

  @Test
  void whatIsDoneIsNotAskedAgain() throws IOException {
    Path directory = whole();
    evaluate(new Fake(0), DATA, EvalDirectory.resume(directory, setup(DATA, 8, 3)), 3);
    assertThat(directory.resolve("summary.json")).exists();
  }

  @Test
  void goingOnWithNothingIsAStart() throws IOException {
    Path directory = temp.resolve("new");
    evaluate(new Fake(10), DATA, EvalDirectory.resume(directory, setup(DATA, 8, 3)), 3);
    assertThat(directory.resolve("items.jsonl"))
        .hasSameTextualContentAs(whole().resolve("items.jsonl"));
  }

  @Test
  void otherSettingsAreNamed() throws IOException {
    Path directory = interrupted();
    String rows = Files.readString(directory.resolve("items.jsonl"));
    assertThatThrownBy(() -> EvalDirectory.resume(directory, setup(DATA, 16, 2)))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("maxNewTokens 8", "now it is 16", "--out");
    assertThat(directory.resolve("items.jsonl")).hasContent(rows.strip());
    Files.writeString(directory.resolve("config.json"), "");
    assertThatThrownBy(() -> EvalDirectory.resume(directory, setup(DATA, 8, 2)))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("config.json", "is an empty file", "to evaluate anew");
    Files.delete(directory.resolve("config.json"));
    assertThatThrownBy(() -> EvalDirectory.resume(directory, setup(DATA, 8, 2)))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("config.json", "to evaluate anew");
  }

  @Test
  void twoEvaluationsCannotWriteToOneDirectory() throws IOException {
    Path directory = temp.resolve("shared");
    try (EvalDirectory first = EvalDirectory.start(directory, setup(DATA, 8, 2))) {
      assertThat(first.known(DATA.get(0))).isEmpty();
      assertThatThrownBy(() -> EvalDirectory.start(directory, setup(DATA, 8, 2)))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(directory + " is in use");
      assertThatThrownBy(() -> EvalDirectory.resume(directory, setup(DATA, 8, 2)))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(directory + " is in use");
    }
    evaluate(new Fake(10), DATA, EvalDirectory.resume(directory, setup(DATA, 8, 3)), 3);
    assertThat(directory.resolve("summary.json")).exists();
  }

  @Test
  void otherDataIsNoticed() throws IOException {
    Path directory = interrupted();
    List<VqaItem> fewer = DATA.subList(0, 9);
    assertThatThrownBy(() -> EvalDirectory.resume(directory, setup(fewer, 8, 2)))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("items.jsonl item 1", "test.json#9");
    List<VqaItem> changed = Stream.concat(fewer.stream(), Stream.of(Items.item(9, "B"))).toList();
    assertThatThrownBy(() -> EvalDirectory.resume(directory, setup(changed, 8, 2)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("test.json#9");
  }

  @Test
  void idsMustDiffer() {
    List<VqaItem> twice = List.of(DATA.get(0), DATA.get(1), DATA.get(0));
    assertThatThrownBy(() -> setup(twice, 8, 2))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("test.json item 0", "same id 'test.json#0'");
  }

  @Test
  void leaksAreMarked() throws IOException {
    List<EvaluatedItem> rows = ItemRows.read(whole().resolve("items.jsonl"));
    assertThat(rows.get(0).leaked()).contains(true);
    assertThat(rows.get(2).leaked()).contains(false);
  }

  @Test
  void aNewStartReplacesOldResults() throws IOException {
    Path directory = whole();
    EvalDirectory.start(directory, setup(DATA, 8, 3)).close();
    assertThat(directory.resolve("items.jsonl")).isEmptyFile();
    assertThat(directory.resolve("summary.json")).doesNotExist();
    assertThat(directory.resolve("results.json")).doesNotExist();
  }
}
