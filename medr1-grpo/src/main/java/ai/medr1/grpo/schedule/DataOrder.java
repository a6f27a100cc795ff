package ai.medr1.grpo.schedule;

import java.util.Random;
import java.util.stream.IntStream;

/**
 * Which items every step trains on: all items once per epoch, shuffled anew in each. A pure
 * function of the seed and the step, so that a resumed run needs only its step number.
 *
 * <p>Epochs follow each other without a gap: a step may hold the last items of one epoch and the
 * first of the next, and no item is left out.
 *
 * @param items number of items, positive
 * @param perStep items of one step, positive
 * @param shuffle whether to shuffle; otherwise every epoch has the order of the data
 */
public record DataOrder(int items, int perStep, boolean shuffle, long seed) {

  /** Indices of a step's items; the first step of a run is 0. */
  public int[] at(long step) {
    long begin = step * perStep;
    int[] indices = new int[perStep];
    int[] epoch = {};
    for (int i = 0; i < perStep; i++) {
      int place = (int) ((begin + i) % items);
      if (i == 0 || place == 0) {
        epoch = epoch((begin + i) / items);
      }
      indices[i] = epoch[place];
    }
    return indices;
  }

  /** Steps that see every item {@code epochs} times; the last one may begin another epoch. */
  public long steps(double epochs) {
    return (long) Math.ceil(epochs * items / perStep);
  }

  /** Epochs that are done after so many steps. */
  public double epochsAfter(long steps) {
    return (double) steps * perStep / items;
  }

  /** A permutation of all items (Fisher and Yates), or their own order. */
  private int[] epoch(long epoch) {
    int[] order = IntStream.range(0, items).toArray();
    if (shuffle) {
      Random random = new Random(scramble(seed * 31 + epoch));
      for (int i = items - 1; i > 0; i--) {
        int j = random.nextInt(i + 1);
        int moved = order[i];
        order[i] = order[j];
        order[j] = moved;
      }
    }
    return order;
  }

  /** The finalizer of SplitMix64: {@link Random} begins alike for seeds that lie side by side. */
  private static long scramble(long z) {
    long a = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    long b = (a ^ (a >>> 27)) * 0x94d049bb133111ebL;
    return b ^ (b >>> 31);
  }
}
