package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class AnswerLetterTest {
  /** An answer of tokens with these texts; token i has the log-probability -i. */
  private static Optional<Double> logProb(AnswerExtractor extractor, String... texts) {
    float[] logProbs = new float[texts.length];
    int[] tokens = new int[texts.length];
    for (int i = 0; i < texts.length; i++) {
      tokens[i] = i;
      logProbs[i] = -i;
    }
    return AnswerLetter.logProb(
        new Answer(String.join("", texts), tokens, logProbs, true),
        extractor,
        some -> Arrays.stream(some).mapToObj(i -> texts[i]).collect(Collectors.joining()));
  }

  @Test
  void theTokenOfTheLetterIsFound() {
    assertThat(
            logProb(
                AnswerExtractor.TAG,
                "<think>",
                "B",
                "</think>",
                "<answer>",
                " ",
                "B",
                " </answer>",
                ""))
        .contains(-5.0);
    assertThat(logProb(AnswerExtractor.TAG, "<ans", "wer>", " B", "</answer>")).contains(-2.0);
    assertThat(logProb(AnswerExtractor.TAG, "so ", "<answer> C </answer>", "")).contains(-1.0);
    assertThat(logProb(AnswerExtractor.RAW, "", "A", "")).contains(-1.0);
    assertThat(logProb(AnswerExtractor.TAG_OR_RAW, "", "D")).contains(-1.0);
    assertThat(logProb(AnswerExtractor.TAG_OR_RAW, "<answer>", "D", "</answer>")).contains(-1.0);
  }

  @Test
  void ofSeveralTagsTheOneThatCountsIsTaken() {
    assertThat(
            logProb(AnswerExtractor.TAG, "<answer>", "so B", "</answer><answer>", "A", "</answer>"))
        .contains(-3.0);
  }

  @Test
  void whatIsNoLetterHasNone() {
    for (String output :
        List.of("<answer>Liver</answer>", "<answer></answer>", "A", "<answer>1</answer>")) {
      assertThat(logProb(AnswerExtractor.TAG, output)).as(output).isEmpty();
    }
    assertThat(logProb(AnswerExtractor.RAW, "A) Liver")).isEmpty();
    assertThat(logProb(AnswerExtractor.RAW, "")).isEmpty();
  }

  @Test
  void halvesOfACharacterAreNotTakenForTheLetter() {
    // A tokenizer writes U+FFFD for the first bytes of a character.
    Answer answer =
        new Answer(
            "é<answer>A</answer>", new int[] {0, 1, 2, 3}, new float[] {-9, -8, -7, -6}, true);
    String[] begun = {"", "\uFFFD", "é", "é<answer>A", "é<answer>A</answer>"};
    assertThat(AnswerLetter.logProb(answer, AnswerExtractor.TAG, some -> begun[some.length]))
        .contains(-7.0);
  }

  @Test
  void fourDecimalsAreKept() {
    Answer answer = new Answer("A", new int[] {0}, new float[] {-0.123456f}, true);
    assertThat(AnswerLetter.logProb(answer, AnswerExtractor.RAW, some -> "A")).contains(-0.1235);
    Answer impossible = new Answer("A", new int[] {0}, new float[] {Float.NEGATIVE_INFINITY}, true);
    assertThat(AnswerLetter.logProb(impossible, AnswerExtractor.RAW, some -> "A")).isEmpty();
  }
}
