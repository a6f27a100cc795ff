package ai.medr1.grpo.metrics;

import java.nio.file.Path;
import java.util.Optional;

/**
 * How a training ended.
 *
 * @param checkpoint the last checkpoint; the model that the training began with where it made no
 *     step
 * @param steps that are made, those before it was resumed among them
 * @param totalSteps steps of the whole run
 * @param best the checkpoint that was the best on held-out items; empty where none were, or where
 *     the model that the training began with was
 * @param cancelled whether it was asked to end before its last step; it can be resumed
 */
public record TrainingResult(
    Path checkpoint, long steps, long totalSteps, Optional<Path> best, boolean cancelled) {

  /** Of a run without held-out items. */
  public TrainingResult(Path checkpoint, long steps, long totalSteps, boolean cancelled) {
    this(checkpoint, steps, totalSteps, Optional.empty(), cancelled);
  }
}
