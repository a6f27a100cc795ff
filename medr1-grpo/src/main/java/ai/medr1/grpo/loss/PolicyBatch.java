package ai.medr1.grpo.loss;

import java.util.Arrays;
import java.util.Optional;

/**
 * What a policy loss sees of one micro-batch: B prompts, G completions each. The arrays of tokens
 * are as long as the completions, their end tokens included.
 *
 * @param logps [B][G][tokens] log-probabilities of the completion tokens under the policy that is
 *     trained; the loss is differentiated with respect to these
 * @param oldLogps [B][G][tokens] the same under the policy that drew the completions, a constant
 * @param refLogps [B][G][tokens] the same under the reference, a constant; empty where there is no
 *     reference
 * @param advantages [B][G]
 * @param leftOut [B][G] completions that cost nothing: those that were cut, where that is wished
 * @param step what the whole optimizer step holds
 */
public record PolicyBatch(
    float[][][] logps,
    float[][][] oldLogps,
    Optional<float[][][]> refLogps,
    float[][] advantages,
    boolean[][] leftOut,
    StepSize step) {

  public PolicyBatch {
    requireSameShape("oldLogps", oldLogps, logps);
    refLogps.ifPresent(ref -> requireSameShape("refLogps", ref, logps));
    require("advantages", advantages.length, logps.length);
    require("leftOut", leftOut.length, logps.length);
    for (int b = 0; b < logps.length; b++) {
      require("advantages", advantages[b].length, logps[b].length);
      require("leftOut", leftOut[b].length, logps[b].length);
    }
  }

  /** All completions count. */
  public PolicyBatch(
      float[][][] logps,
      float[][][] oldLogps,
      Optional<float[][][]> refLogps,
      float[][] advantages,
      StepSize step) {
    this(logps, oldLogps, refLogps, advantages, none(logps), step);
  }

  private static boolean[][] none(float[][][] logps) {
    return Arrays.stream(logps).map(group -> new boolean[group.length]).toArray(boolean[][]::new);
  }

  /** Whether a completion has a part in the loss. */
  public boolean counts(int prompt, int completion) {
    return !leftOut[prompt][completion];
  }

  /** Whether the policy is the one that drew, so that every ratio is 1 and nothing is clipped. */
  public boolean isOnPolicy() {
    return oldLogps == logps;
  }

  private static void requireSameShape(String name, float[][][] values, float[][][] logps) {
    require(name, values.length, logps.length);
    for (int b = 0; b < logps.length; b++) {
      require(name, values[b].length, logps[b].length);
      for (int g = 0; g < logps[b].length; g++) {
        require(name, values[b][g].length, logps[b][g].length);
      }
    }
  }

  private static void require(String name, int found, int expected) {
    if (found != expected) {
      throw new IllegalArgumentException(
          "%s does not fit the log-probabilities: expected %d entries, found %d"
              .formatted(name, expected, found));
    }
  }
}
