package ai.medr1.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tokens that are drawn, in vocabularies that are drawn from in one level and in two. */
class ChoiceTest extends KernelTest {
  private static final int ROWS = 40;

  private static List<double[]> choose(double[][] logits, double[] u, boolean greedy, int topK) {
    return call(
        "choose",
        a -> {
          put(a, "logits", logits);
          a.numbers("u", Plain.flat(new double[][] {u}), u.length, 1);
          a.integer("greedy", greedy ? 1 : 0)
              .integer("top_k", topK)
              .real("temperature", 0.5)
              .real("penalty", 1)
              .real("top_p", 1)
              .integers("banned", new int[0])
              .integers("stops", new int[0]);
        });
  }

  private static double[] uniform(Random random) {
    double[] u = new double[ROWS];
    for (int i = 0; i < ROWS; i++) {
      u[i] = (float) (0.01 + 0.98 * random.nextDouble());
    }
    return u;
  }

  /** Logits with a third that can never be drawn, the first and the last among them. */
  private static double[][] logits(Random random, int vocabulary) {
    double[][] logits = Plain.random(random, ROWS, vocabulary);
    for (double[] row : logits) {
      for (int v = 0; v < vocabulary; v++) {
        row[v] = v % 3 == 0 || v == vocabulary - 1 ? Double.NEGATIVE_INFINITY : row[v];
      }
    }
    return logits;
  }

  /** Sums in float32 may pass u a token earlier or later than in double precision. */
  @ParameterizedTest(name = "vocabulary {0}, top-k {1}, seed 1")
  @CsvSource({"50, 0", "1024, 0", "5000, 0", "50, 1000"})
  void drawsWhereTheSumReachesTheUniformNumber(int vocabulary, int topK) {
    Random random = new Random(1);
    double[][] logits = logits(random, vocabulary);
    double[] u = uniform(random);
    List<double[]> found = choose(logits, u, false, topK);
    for (int i = 0; i < ROWS; i++) {
      double[] p = Plain.softmax(Plain.map(new double[][] {logits[i]}, y -> y / 0.5)[0]);
      int token = (int) found.get(0)[i];
      double before = 0;
      for (int v = 0; v < token; v++) {
        before += p[v];
      }
      assertThat(p[token]).as("row %d", i).isPositive();
      assertThat(u[i]).as("row %d", i).isBetween(before - 1e-5, before + p[token] + 1e-5);
      assertThat(found.get(1)[i])
          .isCloseTo(Math.log(p[token]), org.assertj.core.data.Offset.offset(1e-4));
    }
  }

  @ParameterizedTest(name = "vocabulary {0}, seed 2")
  @CsvSource({"50", "1000"})
  void theFirstOfTheLikeliest(int vocabulary) {
    double[][] logits = logits(new Random(2), vocabulary);
    for (int i = 0; i < ROWS; i++) {
      logits[i][vocabulary - 2] = 9;
      logits[i][i] = 9; // the same, earlier
    }
    double[] found = choose(logits, new double[ROWS], true, 0).get(0);
    for (int i = 0; i < ROWS; i++) {
      assertThat(found[i]).isEqualTo(i);
    }
  }
}
