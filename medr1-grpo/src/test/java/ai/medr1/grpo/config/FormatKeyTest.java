package ai.medr1.grpo.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.grpo.reward.Format;
import ai.medr1.grpo.reward.FormatReward;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FormatKeyTest {
  private static GrpoConfig config(String prompt) {
    GrpoConfig config = GrpoConfig.of(Path.of("model"), Path.of("out"));
    return config.withData(config.data().withPrompt(prompt));
  }

  @ParameterizedTest
  @CsvSource({
    "think, THINK",
    "no-think, NO_THINK",
    "think-after, THINK_AFTER",
    "zero-shot, NONE",
    "{Question} <think> then <answer>, THINK",
    "{Question} <answer>, NO_THINK",
    "{Question} <answer> then <think>, THINK_AFTER",
    "{Question} Which?, NONE",
  })
  void autoIsWhatThePromptAsksFor(String prompt, Format format) {
    assertThat(config(prompt).answerFormat()).isEqualTo(format);
    assertThat(config(prompt).askedFormat()).isEqualTo(format);
  }

  @Test
  void theKeyWinsWhereThePromptNamesNoTags() {
    GrpoConfig boxed = config("{Question} Use the usual tags.").withFormat(Format.THINK);
    assertThat(boxed.askedFormat()).isEqualTo(Format.THINK);
    GrpoConfig other = config("think-after").withFormat(Format.THINK);
    assertThat(other.answerFormat()).isEqualTo(Format.THINK);
    assertThat(other.askedFormat()).isEqualTo(Format.THINK_AFTER);
  }

  @Test
  void aPromptWithoutTagsHasNoFormatToPayFor() {
    assertThatThrownBy(() -> Parts.rewards(config("zero-shot")))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("rewards.format is 1.0", "format none", "set rewards.format to 0");
    GrpoConfig without = config("zero-shot").withRewards(Map.of("accuracy", 1.0));
    assertThat(Parts.rewards(without)).noneMatch(FormatReward.class::isInstance);
  }

  @Test
  void reasoningInTagsAndNoAnswerInThemIsRefused() {
    assertThatThrownBy(() -> Parts.rewards(config("{Question} <think>")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("<think> without <answer>");
  }
}
