package ai.medr1.grpo.loss;

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
 * @param step what the whole optimizer step holds
 */
public record PolicyBatch(
    float[][][] logps,
    float[][][] oldLogps,
    Optional<float[][][]> refLogps,
    float[][] advantages,
    StepSize step) {

  public PolicyBatch {
    requireSameShape("oldLogps", oldLogps, logps);
    refLogps.ifPresent(ref -> requireSameShape("refLogps", ref, logps));
    require("advantages", advantages.length, logps.length);
    for (int b = 0; b < logps.length; b++) {
      require("advantages", advantages[b].length, logps[b].length);
    }
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
