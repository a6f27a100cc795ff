package ai.medr1.grpo.step;

import ai.medr1.core.Phases;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Seconds that one step spends in its phases; each is an event of Java Flight Recorder, too. */
public final class StepClock {
  private final Map<String, Double> phases = new TreeMap<>();
  private final long begin = System.nanoTime();

  /** Does work and adds its seconds to a phase. */
  public <T> T time(String phase, Supplier<T> work) {
    long start = System.nanoTime();
    try {
      return Phases.of("step", phase.replaceFirst("_s$", ""), work);
    } finally {
      phases.merge(phase, secondsSince(start), Double::sum);
    }
  }

  /** The same for work without a result. */
  public void run(String phase, Runnable work) {
    time(
        phase,
        () -> {
          work.run();
          return true;
        });
  }

  /** Seconds by phase; a phase may have run several times. */
  public Map<String, Double> phases() {
    return phases;
  }

  /** Seconds since the step began. */
  public double total() {
    return secondsSince(begin);
  }

  private static double secondsSince(long nanos) {
    return (System.nanoTime() - nanos) / 1e9;
  }
}
