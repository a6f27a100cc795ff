package ai.medr1.grpo.metrics;

import java.nio.file.Path;
import java.util.List;

/** Hears of a run while it goes on, in the thread that trains. An exception ends the run. */
public interface TrainingListener {

  /** A new run is about to begin: completions of the first questions, with what they would earn. */
  default void onDryRun(List<CompletionSample> samples) {}

  /** A step has been made. */
  default void onStep(StepReport report) {}

  /** A training checkpoint has been written. */
  default void onCheckpoint(long step, Path directory) {}

  /** The last step has been made and its checkpoint written. */
  default void onEnd() {}
}
