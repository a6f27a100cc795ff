package ai.medr1.data;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class PromptTemplateTest {
  private static VqaItem item(AnswerKind kind) {
    return new VqaItem(
        "a#0",
        List.of(),
        "Which? {Question}",
        "B",
        List.of(),
        kind,
        Labels.NONE,
        new VqaItem.Source(Path.of("a.json"), 0));
  }

  @Test
  void whereTheAnswerIsATextNoLetterIsAskedFor() {
    assertThat(PromptTemplate.NO_THINK.apply(item(AnswerKind.TEXT)))
        .isEqualTo(
            "Which? {Question} Provide the correct short answer inside <answer>...</answer> tags.");
    for (PromptTemplate template :
        List.of(
            PromptTemplate.THINK_TRAIN,
            PromptTemplate.THINK_EVAL,
            PromptTemplate.NO_THINK,
            PromptTemplate.THINK_AFTER,
            PromptTemplate.ZERO_SHOT)) {
      assertThat(template.apply(item(AnswerKind.TEXT)))
          .doesNotContain("letter")
          .contains("short answer");
      assertThat(template.apply(item(AnswerKind.LETTER)))
          .isEqualTo(template.apply("Which? {Question}"));
    }
  }

  @Test
  void wordingOfOnesOwnStaysAsItIs() {
    PromptTemplate own = new PromptTemplate("{Question} Say one word.");
    assertThat(own.apply(item(AnswerKind.TEXT))).isEqualTo("Which? {Question} Say one word.");
  }
}
