package ai.medr1.grpo.reward;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Pairs of a completion and a solution; which are equal was asked of math_verify 0.9.0 with
 * latex2sympy2_extended 1.11.0: {@code verify(parse(completion), parse(solution))}.
 */
class LatexTest {
  private static boolean same(String completion, String solution) {
    Optional<FoundNumber> gold = FoundNumber.in(solution);
    return gold.isPresent() && FoundNumber.in(completion).filter(gold.get()::sameAs).isPresent();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "$5$|5",
        "5|$5$",
        "$\\frac{1}{2}$|0.5",
        "0.5|$\\frac{1}{2}$",
        "\\frac{1}{2}|0.5",
        "-\\frac{1}{2}|-0.5",
        "$-\\frac{1}{2}$|-0.5",
        "$\\dfrac{1}{2}$|0.5",
        "$\\tfrac{3}{4}$|0.75",
        "$\\frac12$|0.5",
        "$\\frac{1}{3}$|0.333333",
        "$\\frac{1}{3}$|1/3",
        "\\boxed{5}|5",
        "$\\boxed{5}$|5",
        "The answer is \\boxed{\\frac{1}{2}}|0.5",
        "\\boxed{3} and 4|3",
        "$\\sqrt{4}$|2",
        "$\\sqrt{9}$|3",
        "$2\\sqrt{4}$|4",
        "$\\sqrt{2}$|1.414214",
        "$\\sqrt[3]{8}$|2",
        "\\(5\\)|5",
        "\\(\\frac{1}{2}\\)|0.5",
        "\\[5\\]|5",
        "$$5$$|5",
        "$$\\frac{1}{2}$$|1/2",
        "$50\\%$|0.5",
        "$50$%|0.5",
        "$50\\%$|50",
        "$50%$|50",
        "$5 \\text{ cm}$|5",
        "$5\\,\\text{mm}$|5",
        "$5 cm$|5",
        "$5 mm$|5",
        "$5$ cm|5",
        "$x = 5$|5",
        "$x=5$|$5$",
        "$a = b = 5$|5",
        "$1,000$|1000",
        "$1{,}000$|1000",
        "$2 \\times 3$|6",
        "$2 \\cdot 3$|6",
        "$6 \\div 3$|2",
        "$2^3$|8",
        "$2^{3}$|8",
        "$10^{-2}$|0.01",
        "$1.5 \\times 10^{3}$|1500",
        "$(1+2)*3$|9",
        "$\\left(1+2\\right)/3$|1",
        "$1/2$|0.5",
        "$0.50$|0.5",
        "$0.5$|0.5",
        "$0.5000001$|0.5",
        "$.5$|0.5",
        "$5.$|5",
        "$-5$|-5",
        "$+5$|5",
        "$1$ or $2$|$1$ or $2$",
        "$3$ then $4$|4",
        "$3$ then 4|4",
        "4 then $3$|3",
        "answer: $3$, not $4$|3",
        "the answer is $3$ and then $4$|3",
        "the answer is 3 and then $4$|4",
        "answer 7, $8$|8",
        "final answer is $3$. I hope it is correct, \\boxed{4}|3",
        "final answer is $3$, \\boxed{4}|4",
        "\\boxed{4} final answer is $3$|3",
        "$A$|$A$",
        "$A$|$a$",
        "<answer> $5$ </answer>|<answer> 5 </answer>",
        "<answer>$5$</answer>|<answer> 5 </answer>",
        "<answer>$5$</answer>|<answer>$5.0$</answer>",
        "<answer>\\boxed{2}</answer>|<answer> 2 </answer>",
        "costs $5 and $7|7",
        "costs $5|5",
        "$\\$5$|5",
        "US$100$|100",
        "$5\\frac{1}{2}$|5.5",
        "$45^\\circ$|45",
        "$45^{\\circ}$|45",
        "\\boxed{\\text{B}}|\\boxed{B}",
        "\\boxed{5 cm}|5",
        "\\boxed{5\\text{ cm}}|5",
        "\\boxed{50\\%}|0.5",
        "\\boxed 5|5",
        "$\\mathbf{5}$|5",
        "$x \\approx 5$|5",
        "$\\approx 5$|5",
        "$\\frac{\\frac{1}{2}}{2}$|0.25",
        "\\boxed{\\frac{\\sqrt{4}}{4}}|0.5",
        "$(5)$|5",
        "$7 \\quad$|7",
        "$007$|7",
        "$3.0$|3",
        "$-5\\frac{1}{2}$|-5.5",
        "see [12] there|12",
        "see [12] there 5|5",
        "$1.5\\%$|0.015",
        "$5\\;$|5",
        "$5~cm$|5",
        "$37^{\\circ}\\text{C}$|37",
        "$5\\mathrm{cm}$|5",
        "$5\\mathrm{~cm}$|5",
        "$5 \\times 4$ cm|20",
        "$3 \\text{ lesions}$|3",
        "\\boxed{3}, \\boxed{3}|3",
        "First I get \\boxed{3}. After some longer thought \\boxed{4}|4",
        "\\boxed{A}|\\boxed{a}",
        "\\boxed{The cat}|\\boxed{The cat}",
        "\\boxed{A) Yes}|\\boxed{A) Yes}",
        "$\\sqrt4$|2",
        "$\\frac{1}{2}\\cdot\\frac{1}{2}$|0.25",
        "$\\frac{1.5}{3}$|0.5",
        "\\frac{1.5}{3}|0.5",
        "The answer is: \\frac{3}{4}.|0.75",
        "The answer is \\(0.75\\).|3/4",
        "$\\text{5}$|5",
        "$2^{-1}$|0.5",
        "$x^2$|$x^2$",
        "$\\frac{2}{4}$|$\\frac{1}{2}$",
        "$50\\%$|$\\frac{1}{2}$",
      })
  void equal(String completion, String solution) {
    assertThat(same(completion, solution)).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "\\dfrac{1}{2}|0.5",
        "\\boxed{B} 3|3",
        "\\boxed{3} or \\boxed{4}|4",
        "\\boxed{3} or \\boxed{4}|3",
        "$1+1=2$|2",
        "$1$ and $2$|2",
        "$1$, $2$|2",
        "$1, 2$|2",
        "$3$ then $4$|3",
        "$3$ then 4|3",
        "the answer is 3 and then $4$|3",
        "answer 7, $8$|7",
        "final answer is $3$, \\boxed{4}|3",
        "$A$|A",
        "costs $5 and $7|5",
        "\\$5|5",
        "5$\\times$3|15",
        "5$\\frac12$|5.5",
        "$5\\frac{1}{2}$|2.5",
        "\\boxed{\\text{B}}|\\boxed{\\text{C}}",
        "\\boxed{B}|B",
        "\\boxed{}|5",
        "\\fbox{5}|5",
        "$3 < 4$|4",
        "$\\frac{1}{0}$|5",
        "$5(3)$|15",
        "$5 5$|55",
        "$2\\text{-}3$|2",
        "$1e3$|1000",
        "$5\\pm 1$|5",
        "$5 5$|25",
        "$1,5$|1.5",
        "$5^\\circ C$|5",
        "$3 lesions$|3",
        "First I get \\boxed{3} and after a longer thought \\boxed{4}|4",
        "\\boxed{The cat}|\\boxed{The dog}",
        "\\boxed{A) Yes}|\\boxed{A) No}",
        "$\\sqrt{-4}$|2",
        "$x^2$|$x^3$",
        "$A and B$|$A$",
        "$0.333$|$\\frac{1}{3}$",
        "$5$|6",
        "$\\frac{1}{2}$|0.25",
        "\\(5\\)|4",
        "\\boxed{5}|6",
        "$\\frac{1}{3}$|0.333",
      })
  void different(String completion, String solution) {
    assertThat(same(completion, solution)).isFalse();
  }

  /** math_verify says that these are equal. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "$\\pi$|3.141593",
        "$e$|2.718282",
        "$3!$|6",
        "$[5]$|5",
        "$\\{5\\}$|5",
        "$5:1$|5",
        "$x+1$|$1+x$",
      })
  void mathematicsThatIsNotRead(String completion, String solution) {
    assertThat(same(completion, solution)).isFalse();
  }

  /** math_verify says that these differ. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "$2\\frac{1}{2} \\%$|0.025",
        "$\\mathbf{0.5}$|0.5",
      })
  void mathematicsThatIsReadInAnotherWay(String completion, String solution) {
    assertThat(same(completion, solution)).isTrue();
  }
}
