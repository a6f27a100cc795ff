package ai.medr1.report;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.core.text.Prompt;
import ai.medr1.data.AnswerKind;
import ai.medr1.data.AnswerType;
import ai.medr1.data.Choices;
import ai.medr1.data.Labels;
import ai.medr1.data.Modality;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.Answer;
import ai.medr1.eval.AnswerExtractor;
import ai.medr1.eval.Answerer;
import ai.medr1.eval.EvalFiles;
import ai.medr1.eval.Evaluator;
import ai.medr1.eval.Question;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ObjIntConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Evaluations of texts and of letters that are read a second time, as they are written. */
class TextsReportTest {
  private static final Map<VqaItem, String> OUTPUTS =
      Map.of(
          text(0, "Yes", AnswerType.CLOSED), "<answer>\nyes. </answer>",
          text(1, "left lung", AnswerType.OPEN), "<answer>the right lung</answer>",
          letter(2, "B"), "<answer>B) Kidney</answer>",
          letter(3, "A"), "<answer>A</answer>",
          letter(4, "A"), "<answer>A or B</answer>");

  @TempDir private Path dir;

  private static VqaItem text(int index, String gold, AnswerType type) {
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

  private static VqaItem letter(int index, String gold) {
    return new VqaItem(
        "letter#" + index,
        List.of(),
        "Which organ " + index + "? A)Liver, B)Kidney",
        gold,
        List.of(new Choices.Option("A", "Liver"), new Choices.Option("B", "Kidney")),
        AnswerKind.LETTER,
        Labels.of(Optional.of(Modality.MRI), Optional.empty(), Optional.empty()),
        new VqaItem.Source(Path.of("letter.json"), index));
  }

  /** Says what {@link #OUTPUTS} has. */
  private static final class Said implements Answerer {
    @Override
    public int length(VqaItem item) {
      return 1;
    }

    @Override
    public Prompt prompt(VqaItem item) {
      return new Prompt(new int[] {1}, List.of(), item.id());
    }

    @Override
    public void answer(Iterator<Question> questions, int atOnce, ObjIntConsumer<Answer> answered) {
      for (int number = 0; questions.hasNext(); number++) {
        String output = OUTPUTS.get(questions.next().item());
        answered.accept(new Answer(output, new int[0], new float[0], true), number);
      }
    }

    @Override
    public String text(int[] tokens) {
      return "";
    }
  }

  @Test
  void thePageShowsBoth() throws IOException {
    List<Path> runs = List.of(dir.resolve("before"), dir.resolve("after"));
    Evaluator evaluator =
        new Evaluator(AnswerExtractor.TAG, 3, false, new Evaluator.Reading(true, 0));
    for (Path run : runs) {
      EvalFiles.write(
          evaluator.evaluate(new Said(), List.copyOf(OUTPUTS.keySet()), progress -> {}),
          "think",
          run);
    }
    Path page = dir.resolve("report.html");
    Report.read("Texts and letters", runs).write(page);
    assertThat(Files.readString(page))
        .contains("before, letters read leniently")
        .contains("2 of 3 right")
        .contains("before, letters<")
        .contains("Scores of texts, before")
        .contains("Scores of texts, after against before")
        .contains("read leniently B, which is right")
        .contains("token F1 0.50");
  }
}
