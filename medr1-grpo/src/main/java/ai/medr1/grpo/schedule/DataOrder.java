package ai.medr1.grpo.schedule;

import ai.medr1.data.SeededRandom;
import java.util.ArrayList;
import java.util.List;
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

  public DataOrder {
    if (items < 1 || perStep < 1) {
      throw new IllegalArgumentException(
          "a run needs items to train on, found %d items and %d per step"
              .formatted(items, perStep));
    }
  }

  /** Indices of a step's items; the first step of a run is 0. */
  public int[] at(long step) {
    long begin = step * perStep;
    int[] indices = new int[perStep];
    List<Integer> epoch = List.of();
    for (int i = 0; i < perStep; i++) {
      int place = (int) ((begin + i) % items);
      if (i == 0 || place == 0) {
        epoch = epoch((begin + i) / items);
      }
      indices[i] = epoch.get(place);
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

  private List<Integer> epoch(long epoch) {
    List<Integer> order = new ArrayList<>(IntStream.range(0, items).boxed().toList());
    if (shuffle) {
      new SeededRandom(seed).split(epoch).shuffle(order);
    }
    return order;
  }
}
