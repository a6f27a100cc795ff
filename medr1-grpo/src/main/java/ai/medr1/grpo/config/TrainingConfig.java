package ai.medr1.grpo.config;

import java.nio.file.Path;

/** What both kinds of training are told; the records say what each key means. */
public sealed interface TrainingConfig permits GrpoConfig, SftConfig {
  Path model();

  Path out();

  long seed();

  double epochs();

  long maxSteps();

  int batch();

  int batchTokens();

  int accumulation();

  int maxBadSteps();

  DataConfig data();

  HeldOutConfig heldOut();

  OptimizerConfig optimizer();

  ModelOptions load();

  CheckpointConfig checkpoint();

  /** Items of one optimizer step. */
  default int perStep() {
    return batch() * accumulation();
  }
}
