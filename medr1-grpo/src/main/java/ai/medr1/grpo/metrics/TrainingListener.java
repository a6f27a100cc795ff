package ai.medr1.grpo.metrics;

import ai.medr1.core.memory.MemoryPlan;
import java.nio.file.Path;
import java.util.List;

/** Hears of a run while it goes on, in the thread that trains. An exception ends the run. */
public interface TrainingListener {

  /** The models are loaded and the first step comes next: what the run is expected to need. */
  default void onPlan(MemoryPlan plan) {}

  /**
   * What the run has needed so far: told after the second step, when all that it keeps is there,
   * and after the last.
   *
   * @param bytes the most that this process has had; on a GPU what is in use there
   */
  default void onPeak(MemoryPlan plan, long bytes) {}

  /** A new run is about to begin: completions of the first questions, with what they would earn. */
  default void onDryRun(List<CompletionSample> samples) {}

  /** A step has been made. */
  default void onStep(StepReport report) {}

  /** An evaluation on held-out items has been made. */
  default void onEvaluation(HeldOutReport report) {}

  /** A training checkpoint has been written. */
  default void onCheckpoint(long step, Path directory) {}

  /** The last step has been made, or the run was cancelled; the checkpoint is written. */
  default void onEnd(TrainingResult result) {}

  /** The run ends with an error, which the caller of {@code train()} gets afterwards. */
  default void onFailure(Throwable error) {}
}
