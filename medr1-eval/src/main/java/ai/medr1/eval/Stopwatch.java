package ai.medr1.eval;

import java.util.function.DoubleConsumer;
import java.util.function.LongSupplier;

/**
 * The seconds that something takes, on top of what it took before it was cut. They are saved now
 * and then, since a process that is killed can save nothing.
 */
public final class Stopwatch {
  private static final double SECONDS_BETWEEN = 1;

  private final double before;
  private final LongSupplier nanoTime;
  private final long start;
  private double saved;

  /**
   * Starts.
   *
   * @param before seconds that were spent until now; 0 for something new
   */
  public Stopwatch(double before) {
    this(before, System::nanoTime);
  }

  Stopwatch(double before, LongSupplier nanoTime) {
    this.before = before;
    this.saved = before;
    this.nanoTime = nanoTime;
    this.start = nanoTime.getAsLong();
  }

  /** All seconds until now. */
  public double seconds() {
    return before + (nanoTime.getAsLong() - start) / 1e9;
  }

  /** Has the seconds saved, if it is time to do so again. */
  public void tick(DoubleConsumer save) {
    double now = seconds();
    if (now >= saved + SECONDS_BETWEEN) {
      saved = now;
      save.accept(now);
    }
  }
}
