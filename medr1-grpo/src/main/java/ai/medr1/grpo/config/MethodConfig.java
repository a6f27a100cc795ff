package ai.medr1.grpo.config;

import ai.medr1.grpo.loss.Divergence;
import ai.medr1.grpo.loss.KlSchedule;
import ai.medr1.grpo.loss.Ratio;
import ai.medr1.grpo.step.Method;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * What losses are made of, and what is learned from. The defaults are Med-R1's.
 *
 * @param ratio that the loss compares by: of a token, or of a whole completion; the losses gspo and
 *     gspo_token always take the latter
 * @param epsilon how far the ratio may move before it is clipped, downwards, and upwards as well
 *     where epsilonHigh is 0
 * @param epsilonHigh the same upwards; the bound of the ratio itself for the loss cispo
 * @param delta bound of the ratio of completions that did badly (dual clip); 0 for none
 * @param sapoTemperatures τ of the loss sapo where the advantage is positive, and elsewhere
 * @param klEstimator how the divergence from the reference is estimated
 * @param klCorrection whether it is multiplied with the ratio, so that its gradient is unbiased
 * @param klIn whether it is a part of the loss, or taken off the rewards
 * @param klSchedule how beta falls while the run goes on
 * @param iterations times that the completions of a step are learned from
 * @param stepsPerGeneration optimizer steps that each time is cut into
 * @param maskTruncated whether completions that reached the longest length cost nothing
 * @param equalGroups what becomes of groups whose rewards are all equal
 * @param redraws how often other questions are drawn in their place at most
 */
@RecordBuilder
public record MethodConfig(
    Ratio ratio,
    double epsilon,
    double epsilonHigh,
    double delta,
    SapoTemperatures sapoTemperatures,
    Divergence klEstimator,
    boolean klCorrection,
    KlIn klIn,
    KlSchedule klSchedule,
    int iterations,
    int stepsPerGeneration,
    boolean maskTruncated,
    Method.EqualGroups equalGroups,
    int redraws)
    implements MethodConfigBuilder.With {

  /** Where the divergence from the reference counts. */
  public enum KlIn {
    LOSS,
    REWARD
  }

  /**
   * τ of SAPO.
   *
   * @param positive where the advantage is positive
   * @param negative elsewhere
   */
  public record SapoTemperatures(double positive, double negative) {
    public SapoTemperatures {
      Check.positive("positive", positive);
      Check.positive("negative", negative);
    }
  }

  public MethodConfig {
    Check.positive("epsilon", epsilon);
    Check.notNegative("epsilonHigh", epsilonHigh);
    Check.that(
        delta == 0 || delta > 1,
        "delta bounds a ratio that is near 1: it is above 1, or 0 for none, found " + delta);
    Check.positive("iterations", iterations);
    Check.positive("stepsPerGeneration", stepsPerGeneration);
    Check.notNegative("redraws", redraws);
    Check.that(
        equalGroups != Method.EqualGroups.REDRAW || redraws > 0,
        "redraws is 0, so that equalGroups: redraw would draw nothing; set it to 1 or more, or equalGroups to drop");
    Check.that(
        !klCorrection || klIn == KlIn.LOSS,
        "klCorrection multiplies the divergence in the loss, but klIn is reward; leave it false");
    Check.that(
        !klCorrection || ratio == Ratio.TOKEN,
        "klCorrection is that of tokens, but ratio is sequence; leave it false, or set ratio to token");
  }

  /** Med-R1's. */
  public static MethodConfig defaults() {
    return new MethodConfig(
        Ratio.TOKEN,
        0.2,
        0,
        0,
        new SapoTemperatures(1, 1.05),
        Divergence.K3,
        false,
        KlIn.LOSS,
        KlSchedule.CONSTANT,
        1,
        1,
        false,
        Method.EqualGroups.KEEP,
        3);
  }

  /** What is made of the completions of a step. */
  public Method method(double beta) {
    return new Method(
        iterations,
        stepsPerGeneration,
        maskTruncated,
        equalGroups,
        redraws,
        klIn == KlIn.REWARD ? beta : 0,
        klEstimator,
        klSchedule);
  }
}
