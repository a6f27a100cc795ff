package ai.medr1.core.image;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** A tag tree: numbers of a grid, coded by the least ones of ever larger squares. */
final class J2kTagTree {
  private static final int MAX = 128;

  private record Level(int wide, int[] low, boolean[] known) {}

  private final List<Level> levels = new ArrayList<>();

  J2kTagTree(int wide, int high) {
    int w = wide;
    int h = high;
    while (w > 0 && h > 0) {
      levels.add(new Level(w, new int[w * h], new boolean[w * h]));
      if (w == 1 && h == 1) {
        break;
      }
      w = (w + 1) / 2;
      h = (h + 1) / 2;
    }
  }

  /** Whether the number at {@code leaf} is below the limit; reads as many bits as that takes. */
  boolean below(J2kBits bits, int leaf, int limit) throws IOException {
    int wide = levels.get(0).wide;
    int low = 0;
    for (int i = levels.size() - 1; i >= 0; i--) {
      Level level = levels.get(i);
      int node = ((leaf / wide) >> i) * level.wide + ((leaf % wide) >> i);
      level.low[node] = Math.max(level.low[node], low);
      while (!level.known[node] && level.low[node] < limit) {
        if (bits.bit() == 1) {
          level.known[node] = true;
        } else {
          level.low[node]++;
        }
      }
      low = level.low[node];
    }
    return levels.get(0).known[leaf] && low < limit;
  }

  int value(J2kBits bits, int leaf) throws IOException {
    for (int limit = 1; limit < MAX; limit++) {
      if (below(bits, leaf, limit)) {
        return levels.get(0).low[leaf];
      }
    }
    throw new IOException("a tag tree does not end");
  }
}
