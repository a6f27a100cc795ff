package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.text.Prompt;
import ai.medr1.data.AnswerKind;
import ai.medr1.data.AnswerType;
import ai.medr1.data.Choices;
import ai.medr1.data.Labels;
import ai.medr1.data.Modality;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.text.TextScore;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Answers that are texts, letters that are read a second time, and both in one evaluation. */
class TextEvaluationTest {
  private static final List<Choices.Option> OPTIONS =
      List.of(new Choices.Option("A", "Liver"), new Choices.Option("B", "Kidney"));

  @TempDir private Path dir;

  static VqaItem text(int index, String gold, AnswerType type) {
    return new VqaItem(
        "text#" + index,
        List.of(),
        "Question " + index + "?",
        gold,
        List.of(),
        AnswerKind.TEXT,
        Labels.of(Optional.of(Modality.CT), Optional.empty(), Optional.of("SLAKE"))
            .withAnswers(Optional.of(type), Optional.of("en")),
        new VqaItem.Source(Path.of("text.json"), index));
  }

  static VqaItem letter(int index, String gold) {
    return new VqaItem(
        "letter#" + index,
        List.of(),
        "Which organ " + index + "? A)Liver, B)Kidney",
        gold,
        OPTIONS,
        AnswerKind.LETTER,
        Labels.of(Optional.of(Modality.MRI), Optional.empty(), Optional.empty()),
        new VqaItem.Source(Path.of("letter.json"), index));
  }

  private static final List<VqaItem> ITEMS =
      List.of(
          text(0, "Yes", AnswerType.CLOSED),
          text(1, "left lung", AnswerType.OPEN),
          text(2, "5 cm", AnswerType.OPEN),
          text(3, "liver, kidney", AnswerType.OPEN),
          letter(0, "B"),
          letter(1, "A"),
          letter(2, "A"));

  private static final List<String> OUTPUTS =
      List.of(
          "<answer>\nyes. </answer>",
          "<answer>the right lung</answer>",
          "<answer>50 mm</answer>",
          "no tag",
          "<answer>B) Kidney</answer>",
          "<answer>A</answer>",
          "<answer>A or B</answer>");

  private static EvalReport report(List<String> outputs, Evaluator.Reading reading) {
    FakeAnswerer answerer =
        new FakeAnswerer() {
          @Override
          public Prompt prompt(VqaItem item) {
            return new Prompt(new int[] {1}, List.of(), item.id());
          }

          @Override
          Answer answer(Question question) {
            return Items.answer(outputs.get(ITEMS.indexOf(question.item())));
          }
        };
    return new Evaluator(AnswerExtractor.TAG, 3, false, reading)
        .evaluate(answerer, ITEMS, progress -> {});
  }

  private static final Evaluator.Reading LENIENT = new Evaluator.Reading(true, 0);

  @Test
  void textsAndLettersAreCountedEachInTheirWay() {
    EvalReport report = report(OUTPUTS, LENIENT);
    assertThat(report.items().stream().map(EvaluatedItem::right))
        .containsExactly(true, false, false, false, false, true, false);
    assertThat(report.items().stream().map(EvaluatedItem::parsable))
        .containsExactly(true, true, true, false, false, true, false);
    assertThat(report.items().stream().map(EvaluatedItem::rightLeniently))
        .containsExactly(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.of(true),
            Optional.of(true),
            Optional.of(false));
    EvaluatedItem size = report.items().get(2);
    assertThat(size.extracted()).contains("50 mm");
    assertThat(size.scores())
        .containsEntry(TextScore.NUMERIC, 1.0)
        .containsEntry(TextScore.EXACT_MATCH, 0.0)
        .doesNotContainKey(TextScore.YES_NO);
    assertThat(report.items().get(4).scores()).isEmpty();
  }

  @Test
  void theSummaryTellsThemApart() {
    ObjectNode summary = EvalSummary.of(report(OUTPUTS, LENIENT));
    assertThat(summary.at("/overall/right").asInt()).isEqualTo(2);
    assertThat(summary.at("/byAnswerKind/text/n").asInt()).isEqualTo(4);
    assertThat(summary.at("/byAnswerKind/letter/right").asInt()).isEqualTo(1);
    assertThat(summary.at("/byAnswerType/closed/right").asInt()).isEqualTo(1);
    assertThat(summary.at("/byAnswerType/open/n").asInt()).isEqualTo(3);
    assertThat(summary.at("/baselines/majorityLetter/letter").asText()).isEqualTo("A");
    assertThat(summary.at("/baselines/majorityLetter/n").asInt()).isEqualTo(3);
    assertThat(summary.at("/baselines/random/n").asInt()).isEqualTo(3);
    assertThat(summary.at("/lenient/overall/n").asInt()).isEqualTo(3);
    assertThat(summary.at("/lenient/overall/right").asInt()).isEqualTo(2);
    assertThat(summary.at("/lenient/unread").asInt()).isEqualTo(1);
    assertThat(summary.at("/lenient/gained").asInt()).isEqualTo(1);
    assertThat(summary.at("/lenient/lost").asInt()).isZero();
    assertThat(summary.at("/lenient/byModality").properties()).hasSize(1);
    // yes 1; "right lung" of "left lung" 0.5; "50 mm" of "5 cm" 0; nothing 0
    assertThat(summary.at("/texts/overall/tokenF1/mean").asDouble()).isEqualTo(1.5 / 4);
    assertThat(summary.at("/texts/overall/tokenF1/low").asDouble()).isBetween(0.0, 0.375);
    assertThat(summary.at("/texts/overall/numeric/n").asInt()).isEqualTo(1);
    assertThat(summary.at("/texts/overall/numeric/mean").asDouble()).isEqualTo(1);
    assertThat(summary.at("/texts/overall/yesNo/n").asInt()).isEqualTo(1);
    assertThat(summary.at("/texts/overall/listF1/mean").asDouble()).isZero();
    assertThat(summary.at("/texts/byAnswerType/open/tokenF1/n").asInt()).isEqualTo(3);
    assertThat(summary.at("/texts/byDataset/SLAKE/rougeL/n").asInt()).isEqualTo(4);
    assertThat(summary.at("/texts/byModality").properties()).hasSize(1);
    assertThat(summary.at("/texts/majorityAnswer/n").asInt()).isEqualTo(4);
  }

  @Test
  void lettersAloneGetNoNewKeys() {
    List<EvaluatedItem> letters = report(OUTPUTS, Evaluator.Reading.STRICT).items().subList(4, 7);
    assertThat(EvalSummary.of(new EvalReport(letters, 0)).fieldNames())
        .toIterable()
        .doesNotContain("texts", "lenient", "byAnswerKind", "byAnswerType");
    assertThat(ItemRows.write(letters.get(0), "think"))
        .doesNotContain("scores", "enient", "answerKind");
    assertThat(EvalTable.of(new EvalReport(letters, 0))).doesNotContain("Texts", "lenient", "kind");
  }

  @Test
  void rowsComeBackAsTheyWere() throws IOException {
    EvalReport report = report(OUTPUTS, LENIENT);
    Path file = dir.resolve("items.jsonl");
    Files.writeString(file, EvalFiles.rows(report.items(), "think"));
    List<EvaluatedItem> read = ItemRows.read(file);
    assertThat(EvalFiles.rows(read, "think")).isEqualTo(Files.readString(file));
    assertThat(EvalSummary.of(new EvalReport(read, 0))).isEqualTo(EvalSummary.of(report));
    Files.writeString(file, Files.readString(file).replace("\"exactMatch\":1.0,", ""));
    assertThatThrownBy(() -> ItemRows.read(file))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("'scores' must be scores with exactMatch among them");
  }

  @Test
  void theTableShowsBoth() {
    assertThat(EvalTable.of(report(OUTPUTS, LENIENT)))
        .contains("  Letters read leniently               2/3   66.7 %")
        .contains("By kind of answer\n  letter ")
        .contains("By type of answer\n  closed ")
        .contains("Texts                                    n     mean 95 % interval\n")
        .contains("  Token F1                               4   37.5 %")
        .contains("  open, Token F1                         3   16.7 %")
        .contains("Always the majority text");
  }

  @Test
  void theToleranceIsOfNumbers() {
    List<String> near =
        IntStream.range(0, ITEMS.size()).mapToObj(i -> "<answer>5.2 cm</answer>").toList();
    assertThat(numeric(near, 0)).isZero();
    assertThat(numeric(near, 0.05)).isEqualTo(1);
  }

  private static double numeric(List<String> outputs, double tolerance) {
    Map<TextScore, Double> scores =
        report(outputs, new Evaluator.Reading(false, tolerance)).items().get(2).scores();
    return scores.getOrDefault(TextScore.NUMERIC, -1.0);
  }

  @Test
  void comparisonsArePairedByScore() {
    List<String> better =
        List.of(
            "<answer>yes</answer>",
            "<answer>left lung</answer>",
            "<answer>5 cm</answer>",
            "<answer>kidney, liver</answer>",
            "<answer>B</answer>",
            "<answer>A</answer>",
            "<answer>A</answer>");
    Comparison comparison =
        Comparison.of(report(OUTPUTS, LENIENT).items(), report(better, LENIENT).items());
    assertThat(comparison.texts().get(TextScore.TOKEN_F1).difference().mean()).isEqualTo(0.625);
    assertThat(comparison.texts().get(TextScore.TOKEN_F1).pValue()).isEqualTo(0.25);
    assertThat(comparison.texts()).containsKey(TextScore.LIST_F1);
    assertThat(comparison.lenient().orElseThrow().second()).isEqualTo(1);
    assertThat(ComparisonFiles.text(comparison, "a", "b"))
        .contains("  Letters read leniently", "Texts ", "  Token F1 ", "flipping the signs");
    assertThat(ComparisonFiles.json(comparison, "a", "b"))
        .contains("\"tokenF1\"", "\"sign flips\"", "\"lenient\"");
  }

  @Test
  void texts() {
    assertThat(AnswerExtractor.TAG.extract("<answer> a\nb </answer>", AnswerKind.TEXT))
        .contains("a\nb");
    assertThat(AnswerExtractor.TAG.extract("<answer> </answer><answer>b</answer>", AnswerKind.TEXT))
        .contains("b");
    assertThat(AnswerExtractor.TAG.extract("a b", AnswerKind.TEXT)).isEmpty();
    assertThat(AnswerExtractor.TAG.extract("<answer>a", AnswerKind.TEXT)).isEmpty();
    assertThat(AnswerExtractor.TAG_OR_RAW.extract(" a b ", AnswerKind.TEXT)).contains("a b");
    assertThat(AnswerExtractor.RAW.extract(" a b\n", AnswerKind.TEXT)).contains("a b");
    assertThat(AnswerExtractor.RAW.extract(" \n", AnswerKind.TEXT)).isEmpty();
    assertThat(AnswerExtractor.TAG.extract("<answer>a b</answer>", AnswerKind.LETTER)).isEmpty();
  }
}
