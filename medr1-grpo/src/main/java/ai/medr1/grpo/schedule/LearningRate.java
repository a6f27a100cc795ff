package ai.medr1.grpo.schedule;

/**
 * The learning rate of every optimizer step: a linear warm-up from 0, then a decay.
 *
 * <p>Equal to transformers' {@code get_scheduler} for {@code constant_with_warmup}, {@code linear}
 * and {@code cosine}, in which the first of several warm-up steps has the rate 0.
 *
 * @param shape what comes after the warm-up
 * @param peak the highest rate
 * @param warmupSteps steps that rise to the peak
 * @param totalSteps steps of the whole run, warm-up included
 */
public record LearningRate(Shape shape, double peak, long warmupSteps, long totalSteps) {

  /** How the rate falls after the warm-up. */
  public enum Shape {
    /** Not at all. */
    CONSTANT,
    /** In a straight line to 0 at the end of the run; what Med-R1 uses for GRPO. */
    LINEAR,
    /** Along half a cosine to 0 at the end of the run; what Med-R1 uses for its SFT baseline. */
    COSINE
  }

  /** The rate of a step; the first step of a run is 0. */
  public double at(long step) {
    if (step < warmupSteps) {
      return peak * step / warmupSteps;
    }
    double done = (double) (step - warmupSteps) / Math.max(1, totalSteps - warmupSteps);
    return peak
        * switch (shape) {
          case CONSTANT -> 1;
          case LINEAR -> Math.max(0, 1 - done);
          case COSINE -> (1 + Math.cos(Math.PI * Math.min(1, done))) / 2;
        };
  }
}
