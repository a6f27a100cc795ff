package ai.medr1.grpo.reward;

/**
 * How rewards are called.
 *
 * @param onFailure what becomes of a completion for which a reward fails
 * @param timeout seconds that one call may take, positive
 * @param threads that call rewards; 0 for as many as there are cores
 */
public record Scoring(OnFailure onFailure, double timeout, int threads) {
  /** Med-R1's rewards neither fail nor wait. */
  public static final Scoring DEFAULTS = new Scoring(OnFailure.FAIL, 300, 0);

  /** What becomes of a completion for which a reward throws, hangs or gives no finite number. */
  public enum OnFailure {
    /** The run ends with an error that names reward and item. */
    FAIL,
    /** The reward is 0; a warning names both. */
    ZERO,
    /**
     * The completion is not rewarded at all, so that nothing is learned from it; a warning names
     * both.
     */
    SKIP
  }

  Scoring with(OnFailure other) {
    return new Scoring(other, timeout, threads);
  }
}
