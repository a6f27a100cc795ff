package ai.medr1.core.torchscript;

import java.util.Random;
import org.junit.jupiter.api.Test;

/** Keys and values that move when sequences leave or come. */
class CacheTest extends KernelTest {
  /** Slots 2 and 0 of three stay, with two columns each of their own; one prompt joins. */
  @Test
  void slotsThatStayMoveTogether() {
    Random random = new Random(1);
    int kv = 2;
    int size = 3;
    double[][] parts = new double[3][];
    double[] found =
        call(
                "moved",
                a -> {
                  parts[0] = put(a, "k", random, 3, kv, 4, size);
                  parts[1] = put(a, "own", random, 3, kv, 5, size);
                  parts[2] = put(a, "new", random, 1, kv, 2, size);
                  a.integers("kept", new int[] {2, 0}).integers("used", new int[] {4, 1});
                  a.integer("drawn", 2).integer("columns", 7);
                })
            .get(0);
    double[] expected = new double[3 * kv * 7 * size];
    int[] kept = {2, 0};
    int[] used = {4, 1};
    for (int head = 0; head < kv; head++) {
      for (int i = 0; i < 2; i++) {
        int to = (i * kv + head) * 7;
        copy(parts[0], (kept[i] * kv + head) * 4, expected, to, used[i] * size, size);
        copy(parts[1], (kept[i] * kv + head) * 5, expected, to + used[i], 2 * size, size);
      }
      copy(parts[2], head * 2, expected, (2 * kv + head) * 7, 2 * size, size);
    }
    assertClose(found, expected, 0);
  }

  private static void copy(double[] from, int row, double[] to, int toRow, int count, int size) {
    System.arraycopy(from, row * size, to, toRow * size, count);
  }

  /** Of three prompts with three rows each, prompts 2 and 0 keep two rows. */
  @Test
  void rowsThatLeaveLeaveARectangle() {
    Random random = new Random(2);
    int[] chosen = {7, 8, 2, 0};
    double[][] own = new double[1][];
    double[] found =
        call(
                "rectangle",
                a -> {
                  own[0] = put(a, "own", random, 2, 3, 2, 3, 1, 2);
                  a.integers("chosen", chosen).integer("B", 2).integer("G", 2);
                })
            .get(0);
    double[] expected = new double[2 * 2 * 2 * 2 * 2];
    int at = 0;
    for (int part = 0; part < 2; part++) {
      for (int b = 0; b < 2; b++) {
        for (int head = 0; head < 2; head++) {
          for (int g = 0; g < 2; g++) {
            int row = chosen[b * 2 + g];
            int from = ((part * 3 + row / 3) * 2 + head) * 3 + row % 3;
            expected[at++] = own[0][2 * from];
            expected[at++] = own[0][2 * from + 1];
          }
        }
      }
    }
    assertClose(found, expected, 0);
  }
}
