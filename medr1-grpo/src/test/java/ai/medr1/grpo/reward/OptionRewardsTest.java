package ai.medr1.grpo.reward;

import static org.assertj.core.api.Assertions.assertThat;

import ai.medr1.data.VqaItem;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class OptionRewardsTest {
  private static final VqaItem KIDNEY =
      VqaItem.question("Which organ?").options("Liver", "Kidney", "Left lung").answer("B");

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "<answer>B</answer> | 1 | 1",
        "<think>x</think><answer> B </answer> | 1 | 1",
        "<answer>B</answer><think>A is tempting</think> | 1 | 1",
        "B | 1 | 1",
        "<answer>B) Kidney</answer> | 1 | 0.5",
        "<answer>(b)</answer> | 1 | 0.5",
        "<answer>Kidney</answer> | 1 | 0.5",
        "<answer>kidney.</answer><think>not the liver</think> | 1 | 0.5",
        "<think>B</think> | 0 | 0",
        "<answer>A</answer> | 0 | 0",
        "<answer>A) Kidney</answer> | 0 | 0",
        "<answer>Liver</answer> | 0 | 0",
        "<answer>A or B or C</answer> | 0 | 0",
        "<answer>A, B, C</answer> | 0 | 0",
        "<answer>Liver, Kidney, Left lung</answer> | 0 | 0",
        "<answer>Kidney or Liver</answer> | 0 | 0",
        "<answer>D</answer> | 0 | 0",
      })
  void theRightOptionCountsInAnyForm(String completion, double letterOrText, double partial) {
    int[] ids = {1};
    assertThat(new LetterOrTextReward().score(KIDNEY, completion, ids)).isEqualTo(letterOrText);
    assertThat(new PartialCreditReward().score(KIDNEY, completion, ids)).isEqualTo(partial);
  }
}
