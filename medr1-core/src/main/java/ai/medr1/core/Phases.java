package ai.medr1.core;

import java.util.function.Supplier;
import jdk.jfr.Category;
import jdk.jfr.Description;
import jdk.jfr.Event;
import jdk.jfr.Label;
import jdk.jfr.Name;
import jdk.jfr.StackTrace;

/**
 * Marks what a model is doing for Java Flight Recorder: events {@code ai.medr1.Phase}, with {@code
 * work} {@code load} or {@code step}. Costs next to nothing while nobody records; a JVM without JFR
 * does without.
 */
public final class Phases {
  private static final boolean JFR = ModuleLayer.boot().findModule("jdk.jfr").isPresent();

  private Phases() {}

  /** Does some work as a phase. */
  public static <T> T of(String work, String phase, Supplier<T> doing) {
    return JFR ? PhaseEvent.of(work, phase, doing) : doing.get();
  }

  /** Is loaded where there is JFR alone. */
  @Name("ai.medr1.Phase")
  @Label("Phase")
  @Description("A phase of loading a model or of a training step")
  @Category("medr1")
  @StackTrace(false)
  @SuppressWarnings("UnusedVariable") // Flight Recorder reads the fields
  private static final class PhaseEvent extends Event {
    @Label("Work")
    String work = "";

    @Label("Phase")
    String phase = "";

    static <T> T of(String work, String phase, Supplier<T> doing) {
      PhaseEvent event = new PhaseEvent();
      event.begin();
      try {
        return doing.get();
      } finally {
        event.end();
        if (event.shouldCommit()) {
          event.work = work;
          event.phase = phase;
          event.commit();
        }
      }
    }
  }
}
