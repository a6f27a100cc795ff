package ai.medr1.eval;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScoreTest {
  /** Newcombe (1998), Statistics in Medicine 17, table I, method 3. */
  @ParameterizedTest
  @CsvSource({
    "81, 263, 0.2553, 0.3662",
    "15, 148, 0.0624, 0.1605",
    "0, 20, 0.0000, 0.1611",
    "1, 29, 0.0061, 0.1718"
  })
  void intervalsArePublishedOnes(int right, int n, double low, double high) {
    assertThat(new Score(n, right).low()).isCloseTo(low, within(5e-5));
    assertThat(new Score(n, right).high()).isCloseTo(high, within(5e-5));
  }

  /** The ends are where the test of a share p just does not reject: |accuracy - p| = z σ(p). */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 7, 100, 17352})
  void endsSolveTheDefiningEquation(int n) {
    for (int right = 0; right <= n; right += Math.max(1, n / 10)) {
      Score score = new Score(n, right);
      assertThat(score.low()).isBetween(0.0, score.accuracy());
      assertThat(score.high()).isBetween(score.accuracy(), 1.0);
      assertThat(distance(score, score.low())).isCloseTo(limit(n, score.low()), within(1e-12));
      assertThat(distance(score, score.high())).isCloseTo(limit(n, score.high()), within(1e-12));
    }
  }

  private static double distance(Score score, double p) {
    return Math.abs(score.accuracy() - p);
  }

  private static double limit(int n, double p) {
    return 1.959963984540054 * Math.sqrt(p * (1 - p) / n);
  }

  @Test
  void impossibleCountsAreRefused() {
    assertThatThrownBy(() -> new Score(0, 0)).hasMessageContaining("found 0 of 0");
    assertThatThrownBy(() -> new Score(2, 3)).hasMessageContaining("found 3 of 2");
    assertThatThrownBy(() -> new Score(2, -1)).hasMessageContaining("found -1 of 2");
  }
}
