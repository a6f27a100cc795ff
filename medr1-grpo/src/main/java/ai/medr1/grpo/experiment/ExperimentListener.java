package ai.medr1.grpo.experiment;

import ai.medr1.eval.Evaluator;
import ai.medr1.grpo.metrics.TrainingListener;
import java.util.List;

/** Hears how a study goes on. */
public interface ExperimentListener {
  /** A training begins or goes on. */
  default void onTraining(TrainedRow training) {}

  /** Who hears of the steps of the training that begins. */
  default List<TrainingListener> trainingListeners() {
    return List.of();
  }

  /** A training is done or has failed. */
  default void onTrained(TrainedRow training) {}

  /** An evaluation is on its way. */
  default void onProgress(Cell cell, Evaluator.Progress progress) {}

  /** A cell is done or has failed. */
  default void onCell(Cell cell, Matrix matrix) {}
}
