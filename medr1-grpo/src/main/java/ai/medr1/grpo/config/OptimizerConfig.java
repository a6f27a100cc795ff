package ai.medr1.grpo.config;

import ai.medr1.core.model.AdamW;
import ai.medr1.grpo.schedule.LearningRate;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * AdamW and its learning rate.
 *
 * @param learningRate the highest rate of the run
 * @param schedule how the rate falls after the warm-up
 * @param warmupSteps steps that rise to the highest rate; 0 where warmupRatio says it
 * @param warmupRatio the same as a share of all steps, rounded up
 * @param beta1 decay of the first moment
 * @param beta2 decay of the second moment
 * @param epsilon added to the root of the second moment
 * @param weightDecay decoupled decay of the weights, biases and norms left out
 * @param maxGradNorm gradients whose norm is larger are scaled down to it; 0 leaves them alone
 */
@RecordBuilder
public record OptimizerConfig(
    double learningRate,
    LearningRate.Shape schedule,
    long warmupSteps,
    double warmupRatio,
    double beta1,
    double beta2,
    double epsilon,
    double weightDecay,
    double maxGradNorm)
    implements OptimizerConfigBuilder.With {

  public OptimizerConfig {
    Check.notNegative("learningRate", learningRate);
    Check.notNegative("warmupSteps", warmupSteps);
    Check.share("warmupRatio", warmupRatio);
    Check.share("beta1", beta1);
    Check.share("beta2", beta2);
    Check.positive("epsilon", epsilon);
    Check.notNegative("weightDecay", weightDecay);
    Check.notNegative("maxGradNorm", maxGradNorm);
    Check.that(
        warmupSteps == 0 || warmupRatio == 0,
        "warmupSteps is %d and warmupRatio %s, but both set the length of the warm-up; leave one 0"
            .formatted(warmupSteps, warmupRatio));
  }

  /** Med-R1's GRPO runs: the trainer's defaults. */
  public static OptimizerConfig grpo() {
    return new OptimizerConfig(1e-6, LearningRate.Shape.LINEAR, 0, 0, 0.9, 0.999, 1e-8, 0, 1);
  }

  /** Med-R1's supervised baseline. */
  public static OptimizerConfig sft() {
    return new OptimizerConfig(2e-5, LearningRate.Shape.COSINE, 0, 0.1, 0.9, 0.999, 1e-8, 0, 1);
  }

  /** The optimizer itself; as in transformers' Trainer, biases and norms are not decayed. */
  public AdamW adamW() {
    return new AdamW(beta1, beta2, epsilon, weightDecay, maxGradNorm, true);
  }

  /** The rate of every step of a run. */
  public LearningRate rates(long totalSteps) {
    long warmup = warmupSteps + (long) Math.ceil(warmupRatio * totalSteps);
    return new LearningRate(schedule, learningRate, warmup, totalSteps);
  }
}
