package ai.medr1.grpo.reward;

import ai.medr1.data.VqaItem;

/**
 * Accuracy by length: a right answer earns 1 when it is short, falling along a cosine to 0.5 at
 * {@code most} tokens; a wrong one -1 when it is short, rising to -0.5. Source: Demystifying Long
 * Chain-of-Thought Reasoning (arXiv 2502.03373), appendix C.1, with TRL's values. Right is what
 * {@link AccuracyReward} finds right.
 *
 * @param most tokens of a completion, positive
 */
public record CosineLengthReward(int most) implements Reward {
  @Override
  public String name() {
    return "cosine-length";
  }

  @Override
  public double score(VqaItem item, String completion, int[] tokenIds) {
    double share = Math.min((double) tokenIds.length / most, 1);
    double falling = 0.5 * (1 + Math.cos(share * Math.PI));
    boolean right = AccuracyReward.score(completion, item.solution()) == 1;
    return right ? 0.5 + 0.5 * falling : -0.5 - 0.5 * falling;
  }
}
