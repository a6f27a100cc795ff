package ai.medr1.grpo.step;

import ai.medr1.grpo.loss.Divergence;
import ai.medr1.grpo.loss.KlSchedule;

/**
 * What is made of the completions of a step, beside advantages and loss.
 *
 * @param iterations times that all of them are learned from, μ
 * @param parts optimizer steps that each time is cut into
 * @param leavesOutCut whether completions that reached the longest length cost nothing
 * @param equalGroups what becomes of groups whose rewards are all equal
 * @param redraws how often other questions are drawn in their place at most
 * @param klInReward weight of the divergence from the reference that is taken off the rewards; 0
 *     for none
 * @param divergence how that is estimated
 * @param schedule of the weight of the divergence
 */
public record Method(
    int iterations,
    int parts,
    boolean leavesOutCut,
    EqualGroups equalGroups,
    int redraws,
    double klInReward,
    Divergence divergence,
    KlSchedule schedule) {

  /** What becomes of groups whose rewards are all equal: they teach nothing but the KL term. */
  public enum EqualGroups {
    /** They stay, as with GRPO. */
    KEEP,
    /** They are left out of the loss. */
    DROP,
    /**
     * Other questions are drawn in their place, as many as are missing. DAPO (arXiv 2503.14476),
     * equation 11.
     */
    REDRAW
  }

  /** Med-R1's: one update, all groups, the divergence in the loss. */
  public static Method medR1() {
    return new Method(1, 1, false, EqualGroups.KEEP, 0, 0, Divergence.K3, KlSchedule.CONSTANT);
  }

  /** Updates that a step makes. */
  public int updates() {
    return iterations * parts;
  }
}
