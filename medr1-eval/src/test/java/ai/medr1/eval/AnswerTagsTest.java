package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerTagsTest {
  private static final int HUGE = 100_000;

  @Test
  void whiteSpaceIsPythons() {
    // str.isspace() of Python 3.11, which its \s and strip() share.
    IntStream python =
        IntStream.of(
            0x9, 0xa, 0xb, 0xc, 0xd, 0x1c, 0x1d, 0x1e, 0x1f, 0x20, 0x85, 0xa0, 0x1680, 0x2000,
            0x2001, 0x2002, 0x2003, 0x2004, 0x2005, 0x2006, 0x2007, 0x2008, 0x2009, 0x200a, 0x2028,
            0x2029, 0x202f, 0x205f, 0x3000);
    IntStream ours =
        IntStream.rangeClosed(0, Character.MAX_CODE_POINT)
            .filter(c -> AnswerTags.strip(Character.toString(c)).isEmpty());
    assertThat(ours.toArray()).containsExactly(python.toArray());
  }

  @Test
  void stripTouchesTheEndsOnly() {
    assertThat(AnswerTags.strip("\u0085 a \n b\u3000\u001f")).isEqualTo("a \n b");
    assertThat(AnswerTags.strip(" \n ")).isEmpty();
    assertThat(AnswerTags.strip("\u200ba")).isEqualTo("\u200ba");
  }

  @ParameterizedTest
  @ValueSource(strings = {"A", "é", "答案", "²", "Ⅻ", "½", "_", "𝐀", "٣"})
  void wordsAreOfLettersAndNumbersOfEveryScript(String word) {
    assertThat(AnswerTags.word("<answer>\n" + word + " </answer>")).contains(word);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "A B", "A.", "e\u0301", "A\u200b", "‿", "$A$"})
  void otherContentIsNoWord(String content) {
    assertThat(AnswerTags.word("<answer>" + content + "</answer>")).isEmpty();
  }

  @Test
  void aLineEndsAtNewlineOnly() {
    assertThat(AnswerTags.line("<answer>a\rb\u0085c\u2028d</answer>"))
        .contains("a\rb\u0085c\u2028d");
    assertThat(AnswerTags.line("<answer>a\nb</answer>")).isEmpty();
    assertThat(AnswerTags.line("<answer>a\n<answer>b</answer>")).contains("b");
    assertThat(AnswerTags.line("<answer>a\nb</answer> <answer>c</answer>")).contains("c");
    assertThat(AnswerTags.line("<answer>a<answer>b</answer>")).contains("a<answer>b");
  }

  @Test
  void tagsMayNotOverlap() {
    assertThat(AnswerTags.isThinkThenAnswer("<think></answer>")).isFalse();
    assertThat(AnswerTags.isThinkThenAnswer("<think></think><answer></answer>")).isTrue();
    assertThat(AnswerTags.isAnswer("<answer></answer>")).isTrue();
    assertThat(AnswerTags.isAnswerThenThink("<answer></think>")).isFalse();
    assertThat(AnswerTags.isAnswerThenThink("<answer>A</answer>\n<think>x</think>")).isTrue();
    assertThat(AnswerTags.isAnswerThenThink("<answer>A</answer>, <think>x</think>")).isFalse();
    assertThat(AnswerTags.isAnswerThenThink(" <answer>A</answer><think>x</think>")).isFalse();
    assertThat(AnswerTags.isAnswer("<answer>/answer>")).isFalse();
  }

  /** A rule that is quadratic or recursive does not get through these. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "<answer>",
        "<answer> ",
        "<answer>\n",
        "</think> ",
        "<think>",
        " ",
        "\n",
        "a",
        "</answer>\n"
      })
  void hugeTextsAreRead(String unit) {
    String text = "<think>" + unit.repeat(HUGE);
    assertThat(AnswerTags.word(text)).isEmpty();
    assertThat(AnswerTags.line(text)).isEmpty();
    assertThat(AnswerTags.isThinkThenAnswer(text)).isFalse();
    assertThat(AnswerTags.isThinkThenAnswer(text + "</answer>")).isEqualTo(false);
    assertThat(AnswerTags.isAnswer(text)).isFalse();
    assertThat(AnswerTags.isAnswerThenThink("<answer>" + text + "</think>")).isFalse();
    assertThat(AnswerTags.strip(text + "b")).endsWith("b");
  }
}
