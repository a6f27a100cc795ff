package ai.medr1.core.image;

import java.util.Arrays;

/** One code block: bit planes by context modelling and the MQ arithmetic decoder. */
final class J2kBlock {
  private static final int RUN = 17;
  private static final int UNIFORM = 18;
  private static final int RESET_CONTEXTS = 2;
  private static final int SEGMENT_SYMBOLS = 32;
  private static final int HH = 3;

  /** Probability, next state after the more and the less probable symbol, switch, of 47 states. */
  private static final int[][] STATES = {
    {0x5601, 1, 1, 1}, {0x3401, 2, 6, 0}, {0x1801, 3, 9, 0}, {0x0AC1, 4, 12, 0},
    {0x0521, 5, 29, 0}, {0x0221, 38, 33, 0}, {0x5601, 7, 6, 1}, {0x5401, 8, 14, 0},
    {0x4801, 9, 14, 0}, {0x3801, 10, 14, 0}, {0x3001, 11, 17, 0}, {0x2401, 12, 18, 0},
    {0x1C01, 13, 20, 0}, {0x1601, 29, 21, 0}, {0x5601, 15, 14, 1}, {0x5401, 16, 14, 0},
    {0x5101, 17, 15, 0}, {0x4801, 18, 16, 0}, {0x3801, 19, 17, 0}, {0x3401, 20, 18, 0},
    {0x3001, 21, 19, 0}, {0x2801, 22, 19, 0}, {0x2401, 23, 20, 0}, {0x2201, 24, 21, 0},
    {0x1C01, 25, 22, 0}, {0x1801, 26, 23, 0}, {0x1601, 27, 24, 0}, {0x1401, 28, 25, 0},
    {0x1201, 29, 26, 0}, {0x1101, 30, 27, 0}, {0x0AC1, 31, 28, 0}, {0x09C1, 32, 29, 0},
    {0x08A1, 33, 30, 0}, {0x0521, 34, 31, 0}, {0x0441, 35, 32, 0}, {0x02A1, 36, 33, 0},
    {0x0221, 37, 34, 0}, {0x0141, 38, 35, 0}, {0x0111, 39, 36, 0}, {0x0085, 40, 37, 0},
    {0x0049, 41, 38, 0}, {0x0025, 42, 39, 0}, {0x0015, 43, 40, 0}, {0x0009, 44, 41, 0},
    {0x0005, 45, 42, 0}, {0x0001, 45, 43, 0}, {0x5601, 46, 46, 0}
  };

  private final int wide;
  private final int high;
  private final int kind;
  private final int modes;
  private final int stride;

  /** With a border of one: 1 or -1 where a coefficient is significant, by its sign. */
  private final int[] sign;

  private final boolean[] visited;
  private final boolean[] refined;
  private final int[] values;

  private final int[] state = new int[19];
  private final int[] probable = new int[19];
  private byte[] data = {};
  private int at;
  private int a;
  private int c;
  private int count;

  J2kBlock(int wide, int high, int kind, int modes) {
    this.wide = wide;
    this.high = high;
    this.kind = kind;
    this.modes = modes;
    stride = wide + 2;
    sign = new int[stride * (high + 2)];
    visited = new boolean[sign.length];
    refined = new boolean[sign.length];
    values = new int[wide * high];
  }

  /** Twice the coefficients, those of planes that are not coded in the middle of their interval. */
  int[] decode(byte[] coded, int planes, int passes) {
    data = coded;
    resetContexts();
    start();
    int plane = planes;
    int pass = 2;
    for (int i = 0; i < passes; i++) {
      switch (pass) {
        case 0 -> significance(plane);
        case 1 -> refinement(plane);
        default -> cleanup(plane);
      }
      if ((modes & RESET_CONTEXTS) != 0) {
        resetContexts();
      }
      pass = (pass + 1) % 3;
      plane -= pass == 0 ? 1 : 0;
    }
    return values;
  }

  private void resetContexts() {
    Arrays.fill(state, 0);
    Arrays.fill(probable, 0);
    state[0] = 4;
    state[RUN] = 3;
    state[UNIFORM] = 46;
  }

  private int place(int x, int y) {
    return (y + 1) * stride + x + 1;
  }

  private void significance(int plane) {
    for (int stripe = 0; stripe < high; stripe += 4) {
      for (int x = 0; x < wide; x++) {
        for (int y = stripe; y < Math.min(high, stripe + 4); y++) {
          int p = place(x, y);
          int context = sign[p] == 0 ? context(p) : 0;
          if (context != 0) {
            if (bit(context) == 1) {
              becomeSignificant(p, x, y, plane);
            }
            visited[p] = true;
          }
        }
      }
    }
  }

  private void refinement(int plane) {
    int half = (1 << plane) >> 1;
    for (int stripe = 0; stripe < high; stripe += 4) {
      for (int x = 0; x < wide; x++) {
        for (int y = stripe; y < Math.min(high, stripe + 4); y++) {
          int p = place(x, y);
          if (sign[p] != 0 && !visited[p]) {
            int context = refined[p] ? 16 : context(p) == 0 ? 14 : 15;
            int change = bit(context) == 1 ? half : -half;
            values[y * wide + x] += sign[p] < 0 ? -change : change;
            refined[p] = true;
          }
        }
      }
    }
  }

  private void cleanup(int plane) {
    for (int stripe = 0; stripe < high; stripe += 4) {
      for (int x = 0; x < wide; x++) {
        int y = stripe;
        boolean found = false;
        if (stripe + 4 <= high && quiet(x, stripe)) {
          if (bit(RUN) == 0) {
            continue;
          }
          y += bit(UNIFORM) << 1 | bit(UNIFORM);
          found = true;
        }
        for (; y < Math.min(high, stripe + 4); y++) {
          int p = place(x, y);
          if (found || (sign[p] == 0 && !visited[p] && bit(context(p)) == 1)) {
            becomeSignificant(p, x, y, plane);
          }
          found = false;
        }
      }
    }
    Arrays.fill(visited, false);
    if ((modes & SEGMENT_SYMBOLS) != 0) {
      for (int i = 0; i < 4; i++) {
        bit(UNIFORM);
      }
    }
  }

  private boolean quiet(int x, int stripe) {
    for (int y = stripe; y < stripe + 4; y++) {
      int p = place(x, y);
      if (sign[p] != 0 || visited[p] || context(p) != 0) {
        return false;
      }
    }
    return true;
  }

  private void becomeSignificant(int p, int x, int y, int plane) {
    int h = Math.max(-1, Math.min(1, sign[p - 1] + sign[p + 1]));
    int v = Math.max(-1, Math.min(1, sign[p - stride] + sign[p + stride]));
    int flip = h < 0 || (h == 0 && v < 0) ? 1 : 0;
    int context = 9 + (h == 0 ? Math.abs(v) : 3 + (flip == 1 ? -v : v));
    boolean negative = (bit(context) ^ flip) == 1;
    int one = 1 << plane;
    int value = one | one >> 1;
    sign[p] = negative ? -1 : 1;
    values[y * wide + x] = negative ? -value : value;
  }

  private int context(int p) {
    int h = Math.abs(sign[p - 1]) + Math.abs(sign[p + 1]);
    int v = Math.abs(sign[p - stride]) + Math.abs(sign[p + stride]);
    int d =
        Math.abs(sign[p - stride - 1])
            + Math.abs(sign[p - stride + 1])
            + Math.abs(sign[p + stride - 1])
            + Math.abs(sign[p + stride + 1]);
    if (kind == HH) {
      int sides = h + v;
      return switch (d) {
        case 0 -> Math.min(2, sides);
        case 1 -> 3 + Math.min(2, sides);
        case 2 -> sides > 0 ? 7 : 6;
        default -> 8;
      };
    }
    int along = kind == 1 ? v : h;
    int across = kind == 1 ? h : v;
    if (along == 2) {
      return 8;
    }
    if (along == 1) {
      return across > 0 ? 7 : d > 0 ? 6 : 5;
    }
    return across > 0 ? 2 + across : Math.min(2, d);
  }

  // The arithmetic decoder ------------------------------------------------------------------------

  private int coded(int index) {
    return index < data.length ? data[index] & 0xFF : 0xFF;
  }

  private void start() {
    at = 0;
    c = coded(0) << 16;
    next();
    c <<= 7;
    count -= 7;
    a = 0x8000;
  }

  private void next() {
    if (coded(at) == 0xFF) {
      if (coded(at + 1) > 0x8F) {
        c += 0xFF00;
        count = 8;
      } else {
        at++;
        c += coded(at) << 9;
        count = 7;
      }
    } else {
      at++;
      c += coded(at) << 8;
      count = 8;
    }
  }

  private int bit(int context) {
    int[] s = STATES[state[context]];
    int q = s[0];
    int symbol = probable[context];
    a -= q;
    boolean less;
    if ((c >>> 16) < q) {
      less = a >= q;
      a = q;
    } else {
      c -= q << 16;
      if ((a & 0x8000) != 0) {
        return symbol;
      }
      less = a < q;
    }
    if (less) {
      symbol = 1 - symbol;
      if (s[3] == 1) {
        probable[context] = 1 - probable[context];
      }
      state[context] = s[2];
    } else {
      state[context] = s[1];
    }
    do {
      if (count == 0) {
        next();
      }
      a <<= 1;
      c <<= 1;
      count--;
    } while ((a & 0x8000) == 0);
    return symbol;
  }
}
