package ai.medr1.grpo.experiment;

import java.util.Optional;

/**
 * The time of a cell that is running, on top of what it took before it was cut. It is saved now and
 * then, since a process that is killed can save nothing.
 */
final class CellClock {
  private static final double SECONDS_BETWEEN = 1;

  private final Cell begun;
  private final long start = System.nanoTime();
  private double saved;

  CellClock(Cell begun) {
    this.begun = begun;
    this.saved = begun.seconds();
  }

  /** The cell as it is now. */
  Cell cell() {
    return begun.running(begun.seconds() + (System.nanoTime() - start) / 1e9);
  }

  /** The cell as it is now, if it is time to save it again. */
  Optional<Cell> tick() {
    Cell now = cell();
    if (now.seconds() < saved + SECONDS_BETWEEN) {
      return Optional.empty();
    }
    saved = now.seconds();
    return Optional.of(now);
  }
}
