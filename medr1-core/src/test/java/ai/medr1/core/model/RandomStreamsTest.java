package ai.medr1.core.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RandomStreamsTest {
  private static final int SIDE = 300;

  private static float at(int sample, int token) {
    return RandomStreams.uniform(RandomStreams.key(7, 3, sample), 0, token);
  }

  @Test
  void numbersAreUniform() {
    double sum = 0;
    double squares = 0;
    int[] tenths = new int[10];
    for (int sample = 0; sample < SIDE; sample++) {
      for (int token = 0; token < SIDE; token++) {
        float u = at(sample, token);
        assertThat(u).isStrictlyBetween(0f, 1f);
        sum += u;
        squares += u * u;
        tenths[(int) (10 * u)]++;
      }
    }
    double n = SIDE * SIDE;
    // Five standard errors: the mean's is 0.289 / sqrt(n), that of the mean square 0.298 / sqrt(n).
    assertThat(sum / n).isCloseTo(0.5, within(1.5 / SIDE));
    assertThat(squares / n).isCloseTo(1 / 3.0, within(1.5 / SIDE));
    for (int count : tenths) {
      assertThat((double) count).isCloseTo(n / 10, within(5 * Math.sqrt(n * 0.09)));
    }
  }

  /** Neighbours in every coordinate; the standard error of a correlation is 1 / sqrt(n). */
  @Test
  void neighboursAreNotCorrelated() {
    double tokens = 0;
    double samples = 0;
    double continuations = 0;
    double steps = 0;
    double seeds = 0;
    for (int i = 0; i < SIDE; i++) {
      for (int j = 0; j < SIDE; j++) {
        double u = 12 * (at(i, j) - 0.5);
        tokens += u * (at(i, j + 1) - 0.5);
        samples += u * (at(i + 1, j) - 0.5);
        continuations += u * (RandomStreams.uniform(RandomStreams.key(7, 3, i), 1, j) - 0.5);
        steps += u * (RandomStreams.uniform(RandomStreams.key(7, 4, i), 0, j) - 0.5);
        seeds += u * (RandomStreams.uniform(RandomStreams.key(8, 3, i), 0, j) - 0.5);
      }
    }
    double n = SIDE * SIDE;
    assertThat(new double[] {tokens / n, samples / n, continuations / n, steps / n, seeds / n})
        .usingComparatorWithPrecision(5.0 / SIDE)
        .containsExactly(0, 0, 0, 0, 0);
  }

  @Test
  void differentPlacesHaveDifferentStreams() {
    Set<Long> keys = new HashSet<>();
    for (int seed = -2; seed < 8; seed++) {
      for (int step = 0; step < 30; step++) {
        for (int sample = 0; sample < 30; sample++) {
          keys.add(RandomStreams.key(seed, step, sample));
        }
      }
    }
    assertThat(keys).hasSize(10 * 30 * 30);
  }

  /** A change of these numbers would change every seeded run. */
  @Test
  void numbersStayWhatTheyAre() {
    assertThat(RandomStreams.key(0, 0, 0)).isEqualTo(0x33fe8bd4f9c57863L);
    assertThat(RandomStreams.uniform(RandomStreams.key(42, 7, 3), 1, 2)).isEqualTo(0x1.3893dcp-2f);
  }
}
