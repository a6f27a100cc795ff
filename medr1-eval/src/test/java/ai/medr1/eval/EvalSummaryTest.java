package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.medr1.data.Choices.Option;
import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.data.VqaItem;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Statistics of six items, counted by hand. */
class EvalSummaryTest {
  private static final double EXACT = 1e-12;

  @TempDir private Path dir;

  /**
   * Two of CT with four options, three of MRI with two, one of OCT without options. Golds are A, B,
   * A, A, B and the word cyst; answered is A, A, A, nothing, C, and the word cyst.
   */
  private static List<EvaluatedItem> items() {
    return List.of(
        answer(item(0, "A", 4, Modality.CT, Task.LESION_GRADING, "x"), "A", 0.9, false),
        answer(item(1, "B", 4, Modality.CT, Task.LESION_GRADING, "x"), "A", 0.7, true),
        answer(item(2, "A", 2, Modality.MRI, Task.LESION_GRADING, "y"), "A", 0.62, true),
        answer(item(3, "A", 2, Modality.MRI, Task.DISEASE_DIAGNOSIS, "y"), null, null, false),
        answer(item(4, "B", 2, Modality.MRI, Task.DISEASE_DIAGNOSIS, "y"), "C", null, false),
        answer(item(5, "cyst", 0, Modality.OCT, Task.DISEASE_DIAGNOSIS, "z"), "cyst", null, false));
  }

  private static VqaItem item(
      int index, String gold, int options, Modality modality, Task task, String dataset) {
    return new VqaItem(
        "#" + index,
        index + ".png",
        Path.of(index + ".png"),
        "Which?",
        "<answer> " + gold + " </answer>",
        List.of("A", "B", "C", "D").subList(0, options).stream()
            .map(letter -> new Option(letter, "text"))
            .toList(),
        Optional.of(modality),
        Optional.of(task),
        Optional.of(dataset),
        new VqaItem.Source(Path.of("test.json"), index));
  }

  private static EvaluatedItem answer(VqaItem item, String extracted, Double p, boolean leaked) {
    return new EvaluatedItem(
        item,
        "output",
        Optional.ofNullable(extracted),
        3,
        Optional.ofNullable(p).map(Math::log),
        Map.of(),
        item.modality().equals(Optional.of(Modality.OCT)) ? Optional.empty() : Optional.of(leaked),
        List.of());
  }

  private static JsonNode summary(List<EvaluatedItem> items) {
    return EvalSummary.of(new EvalReport(items, 0));
  }

  private static void score(JsonNode node, int n, int right) {
    Score score = new Score(n, right);
    assertThat(node.path("n").intValue()).isEqualTo(n);
    assertThat(node.path("right").intValue()).isEqualTo(right);
    assertThat(node.path("accuracy").doubleValue()).isEqualTo(score.accuracy());
    assertThat(node.path("low").doubleValue()).isEqualTo(score.low());
    assertThat(node.path("high").doubleValue()).isEqualTo(score.high());
  }

  private static void number(JsonNode node, double value) {
    assertThat(node.isNumber()).isTrue();
    assertThat(node.doubleValue()).isCloseTo(value, within(EXACT));
  }

  @Test
  void groupsCountItemsAndMacroCountsGroups() {
    JsonNode summary = summary(items());
    score(summary.get("overall"), 6, 3);
    score(summary.at("/byModality/Computed Tomography"), 2, 1);
    score(summary.at("/byModality/Magnetic Resonance Imaging"), 3, 1);
    score(summary.at("/byTask/Lesion Grading"), 3, 2);
    score(summary.at("/byDataset/y"), 3, 1);
    assertThat(summary.get("byDataset")).hasSize(3);
    number(summary.at("/macro/modality"), (1 / 2.0 + 1 / 3.0 + 1) / 3);
    number(summary.at("/macro/task"), (2 / 3.0 + 1 / 3.0) / 2);
  }

  @Test
  void failuresOfTheFormStandApartFromWrongAnswers() {
    JsonNode answers = summary(items()).get("answers");
    assertThat(answers.get("right").intValue()).isEqualTo(3);
    assertThat(answers.get("wrong").intValue()).isEqualTo(1);
    assertThat(answers.get("noOption").intValue()).as("C of A and B").isEqualTo(1);
    assertThat(answers.get("formatFailures").intValue()).isEqualTo(1);
    score(answers.get("parsable"), 5, 3);
  }

  @Test
  void aRightAnswerOfTwoWordsIsNoFailure() {
    VqaItem item = item(0, "left kidney", 0, Modality.CT, Task.LESION_GRADING, "x");
    JsonNode answers = summary(List.of(answer(item, "left kidney", null, false))).get("answers");
    score(answers.get("parsable"), 1, 1);
    assertThat(answers.get("formatFailures").intValue()).isZero();
  }

  @Test
  void baselinesKnowTheOptionsAndTheGolds() {
    JsonNode baselines = summary(items()).get("baselines");
    // 1/4, 1/4, 1/2, 1/2, 1/2: the item without options cannot be guessed.
    assertThat(baselines.at("/random/n").intValue()).isEqualTo(5);
    number(baselines.at("/random/accuracy"), 0.4);
    // P(0) = (9/16)(1/8) = 0.07, P(5) = (1/16)(1/8) = 0.008, P(4) = 3/16 · 1/4: from 0 to 4 right.
    number(baselines.at("/random/low"), 0);
    number(baselines.at("/random/high"), 0.8);
    assertThat(baselines.at("/majorityLetter/letter").textValue()).isEqualTo("A");
    score(baselines.get("majorityLetter"), 6, 3);
  }

  @Test
  void positionsTellWhereGoldsStandAndWhatIsChosen() {
    JsonNode positions = summary(items()).get("positions");
    assertThat(positions.fieldNames()).toIterable().containsExactly("A", "B", "C", "D");
    score(positions.get("A"), 3, 2);
    score(positions.get("B"), 2, 0);
    assertThat(positions.at("/A/chosen").intValue()).isEqualTo(3);
    assertThat(positions.at("/B/chosen").intValue()).isZero();
    assertThat(positions.at("/C/chosen").intValue()).as("C was no option there").isZero();
    assertThat(positions.at("/C/n").intValue()).isZero();
    assertThat(positions.at("/C/accuracy").isNull()).isTrue();
  }

  @Test
  void leakedItemsAreCountedApart() {
    JsonNode leaks = summary(items()).get("leaks");
    score(leaks.get("all"), 6, 3);
    score(leaks.get("withoutLeaked"), 3, 1);
    score(leaks.get("leakedOnly"), 2, 1);
    assertThat(leaks.get("unknown").intValue()).isEqualTo(1);
    assertThat(summary(items().subList(5, 6)).get("leaks").isNull()).isTrue();
    assertThat(summary(items().subList(0, 1)).at("/leaks/leakedOnly").isNull()).isTrue();
  }

  @Test
  void calibrationIsThatOfTheLettersProbability() {
    JsonNode calibration = summary(items()).get("calibration");
    assertThat(calibration.get("n").intValue()).isEqualTo(3);
    assertThat(calibration.get("fromLetterProbs").intValue()).isZero();
    // Bins (0.8, 0.9]: 0.9, right; (0.6, 0.7]: 0.7, wrong and 0.62, right.
    number(calibration.get("ece"), (1 * 0.1 + 2 * (0.66 - 0.5)) / 3);
    number(calibration.get("brier"), (0.1 * 0.1 + 0.7 * 0.7 + 0.38 * 0.38) / 3);
    number(calibration.get("probability"), (0.9 + 0.7 + 0.62) / 3);
    number(calibration.get("accuracy"), 2 / 3.0);
    assertThat(calibration.get("bins")).hasSize(10);
    JsonNode bin = calibration.at("/bins/6");
    assertThat(bin.get("n").intValue()).isEqualTo(2);
    number(bin.get("probability"), 0.66);
    number(bin.get("accuracy"), 0.5);
    assertThat(calibration.at("/bins/0/accuracy").isNull()).isTrue();
    assertThat(summary(items().subList(3, 6)).get("calibration").isNull()).isTrue();
  }

  @Test
  void probabilitiesAmongTheOptionsComeFirst() {
    EvaluatedItem drawn = items().get(0);
    EvaluatedItem both =
        new EvaluatedItem(
            drawn.item(),
            drawn.output(),
            drawn.extracted(),
            1,
            drawn.answerLogprob(),
            Map.of("A", 0.25, "B", 0.75),
            Optional.empty(),
            List.of());
    JsonNode calibration = summary(List.of(both)).get("calibration");
    number(calibration.get("probability"), 0.25);
    assertThat(calibration.get("fromLetterProbs").intValue()).isEqualTo(1);
  }

  @Test
  void samplesTellPassAtKAndTheMajority() {
    JsonNode samples =
        summary(List.of(sampled(0, "A", "B", "B"), sampled(1, "A", "A", null))).get("samples");
    assertThat(samples.get("k").intValue()).isEqualTo(3);
    // One of three right: 1/3, 1 - C(2,2)/C(3,2) = 2/3, 1; two of three: 2/3, 1, 1.
    number(samples.get("pass@1"), 0.5);
    number(samples.get("pass@2"), (2 / 3.0 + 1) / 2);
    number(samples.get("pass@3"), 1);
    assertThat(samples.has("pass@4")).isFalse();
    score(samples.get("majorityVote"), 2, 1);
    assertThat(summary(items()).has("samples")).isFalse();
  }

  private static EvaluatedItem sampled(int index, String... answers) {
    return new EvaluatedItem(
        item(index, "A", 2, Modality.CT, Task.LESION_GRADING, "x"),
        "output",
        Optional.of("B"),
        1,
        Optional.empty(),
        Map.of(),
        Optional.empty(),
        Arrays.stream(answers)
            .map(answer -> new EvaluatedItem.Sample("text", Optional.ofNullable(answer)))
            .toList());
  }

  @Test
  void ofEquallyFrequentAnswersTheFirstWins() {
    assertThat(Vote.winner(votes("B", "A", "A", "B"))).isZero();
    assertThat(Vote.winner(votes(null, "not a word", "C"))).isEqualTo(2);
    assertThat(Vote.winner(votes(null, null))).isZero();
  }

  private static List<Optional<String>> votes(String... answers) {
    return Arrays.stream(answers).map(Optional::ofNullable).toList();
  }

  @Test
  void theOrderOfTheRowsDoesNotMatter() throws IOException {
    long seed = System.nanoTime();
    List<EvaluatedItem> shuffled = new ArrayList<>(items());
    Collections.shuffle(shuffled, new Random(seed));
    Path file = dir.resolve("items.jsonl");
    Files.writeString(file, EvalFiles.rows(shuffled, "think"));
    assertThat(summary(ItemRows.read(file)))
        .as("seed %d", seed)
        .isEqualTo(summary(items()))
        .isEqualTo(new ObjectMapper().readTree(summary(items()).toString()));
  }

  @Test
  void theTableShowsThemCompactly() {
    assertThat(EvalTable.of(new EvalReport(items(), 0)))
        .isEqualTo(
            """
                                               right/n accuracy 95 % interval
            Overall                                3/6   50.0 %   18.8 - 81.2
            By modality
              Computed Tomography                  1/2   50.0 %    9.5 - 90.5
              Magnetic Resonance Imaging           1/3   33.3 %    6.1 - 79.2
              Optical Coherence Tomography         1/1  100.0 %  20.7 - 100.0
              Mean of these                              61.1 %
            By task
              Disease Diagnosis                    1/3   33.3 %    6.1 - 79.2
              Lesion Grading                       2/3   66.7 %   20.8 - 93.9
              Mean of these                              50.0 %
            By place of the right answer
              A                                    2/3   66.7 %   20.8 - 93.9
              B                                    0/2    0.0 %    0.0 - 65.8
              Times chosen                                 A 3, B 0, C 0, D 0
            Images not trained on                  1/3   33.3 %    6.1 - 79.2
            Images trained on                      1/2   50.0 %    9.5 - 90.5
            Unparsable answers                       1
            Skipped items                            0
            Guessing                                     40.0 %    0.0 - 80.0
            Always the majority letter             3/6   50.0 %   18.8 - 81.2
            Calibration error                            14.0 %
            """);
    List<EvaluatedItem> samples = List.of(sampled(0, "A", "B", "B"), sampled(1, "A", "A", null));
    assertThat(EvalTable.of("x", new EvalReport(samples, 0), "y", new EvalReport(items(), 0)))
        .contains(
            """
            pass@1                                       50.0 %                         -
            pass@3                                      100.0 %                         -
            Majority of 3                          1/2   50.0 %    9.5 - 90.5           -
            """);
  }
}
