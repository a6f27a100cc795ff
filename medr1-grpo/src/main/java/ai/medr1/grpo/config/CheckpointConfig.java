package ai.medr1.grpo.config;

import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * When training checkpoints are written; one is always written after the last step.
 *
 * @param every steps between two, 0 for none before the last step
 * @param keep how many of the newest stay, the last one included; the best of evaluations on
 *     held-out items stays as well
 */
@RecordBuilder
public record CheckpointConfig(long every, int keep) implements CheckpointConfigBuilder.With {

  public CheckpointConfig {
    Check.notNegative("every", every);
    Check.positive("keep", keep);
  }

  /** Every 100 steps, the newest two stay. */
  public static CheckpointConfig defaults() {
    return new CheckpointConfig(100, 2);
  }
}
