package ai.medr1.eval.text;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.data.Choices;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Outputs as models write them, with the letter that a careful reader takes from them. */
class LenientLetterTest {
  private static final String NONE = "";
  private static final List<Choices.Option> OPTIONS =
      List.of(
          new Choices.Option("A", "Liver"),
          new Choices.Option("B", "Kidney (left)"),
          new Choices.Option("C", "Vitamin B deficiency"),
          new Choices.Option("D", "肺"));

  private static Arguments row(String output, String letter) {
    return Arguments.of(output, letter);
  }

  static Stream<Arguments> read() {
    return Stream.of(
        // a letter alone
        row("B", "B"),
        row(" B\n", "B"),
        row("b", "B"),
        row("B.", "B"),
        row("B)", "B"),
        row("(B)", "B"),
        row("(b)", "B"),
        row("[B]", "B"),
        row("b)", "B"),
        row("{B}", "B"),
        row("B:", "B"),
        row("\"B\"", "B"),
        row("'B'", "B"),
        row("“B”", "B"),
        row("`B`", "B"),
        row("**B**", "B"),
        row("**(B)**", "B"),
        row("**B.**", "B"),
        row("__B__", "B"),
        row("Ｂ", "B"),
        row("（Ｂ）", "B"),
        row("Ｂ）", "B"),
        row("Ⓑ", "B"),
        row("⒝", "B"),
        row("𝐁", "B"),
        row("В", "B"), // Cyrillic
        row("$B$", "B"),
        // boxes and tags
        row("\\boxed{B}", "B"),
        row("$\\boxed{B}$", "B"),
        row("\\boxed{\\text{B}}", "B"),
        row("\\boxed{\\mathrm{(B)}}", "B"),
        row("$$\\boxed{\\textbf{B) Kidney (left)}}$$", "B"),
        row("The finding is typical. \\boxed{B}", "B"),
        row("A or C might be thought of, but \\boxed{B}", "B"),
        row("<answer> B </answer>", "B"),
        row("<answer>B) Kidney (left)</answer>", "B"),
        row("<answer>(B)</answer>", "B"),
        row("<answer>**B**</answer>", "B"),
        row("<answer>The answer is B</answer>", "B"),
        row("<answer>Option B</answer>", "B"),
        row("<answer>kidney (left)</answer>", "B"),
        row("<answer>\\boxed{B}</answer>", "B"),
        row("<ANSWER>B</ANSWER>", "B"),
        row("<answer>B", "B"),
        row("<think>A) is the liver. Option C is wrong.</think><answer>B</answer>", "B"),
        row("<think>The answer is A.</think> B", "B"),
        row("The answer is A.</think>\n\nB.", "B"),
        row("<answer>B</answer> <answer>b)</answer>", "B"),
        // announced
        row("Answer: B", "B"),
        row("answer: b", "B"),
        row("ANSWER: B", "B"),
        row("**Answer:** B", "B"),
        row("**Answer: B**", "B"),
        row("### Answer\nB", "B"),
        row("Final answer: (B)", "B"),
        row("The answer is (B).", "B"),
        row("The answer is B", "B"),
        row("The correct answer is: B) Kidney (left).", "B"),
        row("The correct answer is **B. Kidney (left)**.", "B"),
        row("The best answer is option B, since it lies behind.", "B"),
        row("The answer would be B because it is bean-shaped.", "B"),
        row("So the correct option is B.", "B"),
        row("The answer is \"B\".", "B"),
        row("The answer is kidney (left).", "B"),
        row("The answer is the liver.", "A"),
        row("The correct answer is: Vitamin B deficiency", "C"),
        row("First I thought that the answer is A. But the answer is B.", "B"),
        row("B is the correct answer.", "B"),
        row("(B) is correct.", "B"),
        row("答案：B", "B"),
        row("答案是B。", "B"),
        row("正确答案是 (B)", "B"),
        row("正确答案为Ｂ，因为在左侧。", "B"),
        row("选B", "B"),
        row("应选择B。", "B"),
        row("因此，最终答案是：B", "B"),
        row("答えはBです", "B"),
        row("正解：B", "B"),
        row("정답: B", "B"),
        row("정답은 B입니다", "B"),
        row("Ответ: B", "B"),
        row("Правильный ответ: В", "B"), // Cyrillic
        row("La réponse est B.", "B"),
        row("Respuesta correcta: B", "B"),
        row("Die Antwort ist B.", "B"),
        row("A resposta é B", "B"),
        row("الإجابة: B", "B"),
        row("उत्तर: B", "B"),
        // a letter and its option
        row("B) Kidney (left)", "B"),
        row("B. Kidney (left)", "B"),
        row("B: kidney (left)", "B"),
        row("(B) Kidney (left)", "B"),
        row("B Kidney (left)", "B"),
        row("B - Kidney (left)", "B"),
        row("b. kidney (left).", "B"),
        row("D、肺", "D"),
        row("C. Vitamin B deficiency", "C"),
        row("B\n\nThe organ lies behind the peritoneum.", "B"),
        row("B. The organ lies behind the peritoneum.", "B"),
        row("The organ lies behind the peritoneum.\n\nB", "B"),
        row("The organ lies behind the peritoneum.\n**B) Kidney (left)**", "B"),
        // the option's text
        row("Kidney (left)", "B"),
        row("kidney left.", "B"),
        row("The liver", "A"),
        row("肺", "D"),
        row("Vitamin B deficiency", "C"),
        // chosen
        row("Option B", "B"),
        row("I would choose B.", "B"),
        row("It's B.", "B"),
        row("Hence, B.", "B"),
        row("B, because it is left-sided.", "B"),
        row("B since it is bean-shaped", "B"),
        row("[[B]]", "B"),
        row("{\"answer\": \"B\"}", "B"),
        row("答案应为B", "B"),
        row("答案应该是B", "B"),
        row("选择B项", "B"),
        row("La bonne réponse est la B", "B"),
        row("La respuesta correcta es la opción B", "B"),
        row("الجواب هو B", "B"),
        row("The answer is B, not A.", "B"),
        row("Answer: B. Kidney (left)\nExplanation: A is wrong.", "B"),
        row("I select option (B) here.", "B"),
        row("It must be (B), seen from its place.", "B"),
        row("Looking at the image, it is **B**, I believe.", "B"),
        row("Option A is incorrect, so option B", "B"),
        // to stay unread
        row("", NONE),
        row("   ", NONE),
        row("A or B", NONE),
        row("A/B", NONE),
        row("A, B", NONE),
        row("A and B", NONE),
        row("(A) or (B)", NONE),
        row("Either A or B", NONE),
        row("The answer is A or B.", NONE),
        row("The answer is either A or B.", NONE),
        row("Answer: A, C", NONE),
        row("Answer: A and B", NONE),
        row("答案：A或B", NONE),
        row("\\boxed{A} or \\boxed{B}", NONE),
        row("\\boxed{A, B}", NONE),
        row("<answer>A</answer><answer>B</answer>", NONE),
        row("<answer>A or B</answer>", NONE),
        row("<answer></answer>", NONE),
        row("<think>The answer is B", NONE),
        row("A) Kidney (left)", NONE),
        row("The answer is A) Kidney (left)", NONE),
        row("Liver or Kidney (left)", NONE),
        row("E", NONE),
        row("The answer is F.", NONE),
        row("A mass in the organ is seen.", NONE),
        row("A large kidney.", NONE),
        row("The answer is a large organ.", NONE),
        row("I think so.", NONE),
        row("It is A mass.", NONE),
        row("So A and B.", NONE),
        row("A (or B)", NONE),
        row("Answer: [A, B]", NONE),
        row("a) or b)", NONE),
        row("The patient has type B blood", NONE),
        row("A and B are both correct", NONE),
        row("\\boxed{A}\\boxed{B}", NONE),
        row("The answer is unclear.", NONE),
        row("It may be due to lack of vitamin B in food.", NONE),
        row("Hepatitis B virus", NONE),
        row("I cannot answer this question.", NONE),
        row("The answer is not B.", NONE),
        row("Option B is incorrect.", NONE),
        row("Option A or option B", NONE),
        row("A) Liver, B) Kidney (left), C) Vitamin B deficiency, D) 肺", NONE),
        row("A. Liver\nB. Kidney (left)\nC. Vitamin B deficiency", NONE),
        row("Both (A) and (B) are possible.", NONE),
        row("None of these.", NONE),
        row("Kidney", NONE),
        row("Bone", NONE),
        row("ABCD", NONE));
  }

  @ParameterizedTest
  @MethodSource
  void read(String output, String letter) {
    assertThat(LenientLetter.read(output, OPTIONS).orElse(NONE)).isEqualTo(letter);
  }

  @Test
  void optionsWithTheSameTextAreNotToldApart() {
    List<Choices.Option> same =
        List.of(new Choices.Option("A", "Liver"), new Choices.Option("B", "liver."));
    assertThat(LenientLetter.read("liver", same)).isEmpty();
    assertThat(LenientLetter.read("B) liver", same)).contains("B");
  }

  @Test
  void withoutOptionsEveryLetterCounts() {
    assertThat(LenientLetter.read("The answer is (E).", List.of())).contains("E");
    assertThat(LenientLetter.read("liver", List.of())).isEmpty();
  }

  @Test
  void longOutputsOfUntrainedModelsTakeNoTime() {
    for (String part :
        List.of("<answer>", "\\boxed{", "A) ", "answer: ", "**B** ", "((((", "is the ")) {
      assertThat(LenientLetter.read(part.repeat(20_000), OPTIONS)).isNotNull();
    }
  }
}
