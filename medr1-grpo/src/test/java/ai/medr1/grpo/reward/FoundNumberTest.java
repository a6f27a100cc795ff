package ai.medr1.grpo.reward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pairs that math_verify 0.9.0 was asked about, and what it said. */
class FoundNumberTest {
  private static boolean same(String completion, String solution) {
    Optional<FoundNumber> gold = FoundNumber.in(solution);
    return gold.isPresent() && FoundNumber.in(completion).filter(gold.get()::sameAs).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "5.0|5",
        "007|7",
        ".5|0.5",
        "1,000.5|1000.5",
        "12 000|12000",
        "1,5|1.5",
        "-5|x = -5",
        "**3**|3",
        "$100|100",
        "$3$|3",
        "100m2|100",
        "3.|3",
        "50%|0.5",
        "50 percent|50",
        "50.5%|50.5",
        "1/2|0.5",
        "1 / 3|0.333333",
        "2^-1|0.5",
        "2**3|8",
        "0.1+0.2|0.3",
        "Stage 3-4 disease|-1",
        "2020-01-01|2020",
        "1 + 2 = 3|3",
        "There are 3 lesions. <answer>4</answer>|<answer> 3 </answer>",
        "<answer> B </answer> 3|<answer> 3 </answer>",
        "I think answer is 5 cm, or 9 cm|5",
        "I think 5 cm, or 9 cm|9",
        "I hope 3 answer 4 lesions 5|4",
        "answer 3 = 4|4",
        "final answer is 5. I hope it is right 7|5",
        "The final answer to it is 5 or 6|5",
        "A) 3|B) 3",
      })
  void equal(String completion, String solution) {
    assertThat(same(completion, solution)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "-5|5",
        "<answer>3</answer>|<answer> 3 </answer>",
        "<answer> 30 </answer>|<answer> 3 </answer>",
        "1/3|0.3333",
        "3.0000001|3",
        "1e3|1000",
        "1/0|3",
        "5(3) |15",
        "1,2,3|3",
        "20×30 |600",
        "three|3",
        "#3|3",
        "+3|3",
        "A|A",
      })
  void different(String completion, String solution) {
    assertThat(same(completion, solution)).isFalse();
  }

  /** A search that is quadratic or recursive does not get through these. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "1 ",
        "1+1 ",
        "1+",
        "answer ",
        "answer: 1 = ",
        "(",
        " (1",
        "final answer ",
        "\\boxed{",
        "\\boxed{{{",
        "\\(",
        "$ ",
        "$$ 1",
        "\\[",
        " [1 "
      })
  void hugeTextsAreRead(String unit) {
    String text = "x " + unit.repeat(20_000);
    assertThat(FoundNumber.in(text + " x, 7 y")).isPresent();
  }
}
