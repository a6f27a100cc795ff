package ai.medr1.grpo.metrics;

import java.nio.file.Path;

/** Hears of a run while it goes on, in the thread that trains. An exception ends the run. */
public interface TrainingListener {

  /** A step has been made. */
  default void onStep(StepReport report) {}

  /** A training checkpoint has been written. */
  default void onCheckpoint(long step, Path directory) {}

  /** The last step has been made and its checkpoint written. */
  default void onEnd() {}
}
