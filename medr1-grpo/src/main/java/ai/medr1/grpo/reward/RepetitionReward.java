package ai.medr1.grpo.reward;

import ai.medr1.data.VqaItem;
import java.nio.IntBuffer;
import java.util.HashSet;
import java.util.Set;

/**
 * A punishment of repetition: minus the share of n-grams of token ids that occur before. Source:
 * Demystifying Long Chain-of-Thought Reasoning (arXiv 2502.03373), appendix C.2, as TRL has it.
 *
 * @param size n, positive
 */
public record RepetitionReward(int size) implements Reward {
  @Override
  public String name() {
    return "repetition";
  }

  @Override
  public About about() {
    return About.OTHER;
  }

  @Override
  public double score(VqaItem item, String completion, int[] tokenIds) {
    int count = tokenIds.length - size + 1;
    if (count < 1) {
      return 0;
    }
    Set<IntBuffer> distinct = new HashSet<>();
    for (int i = 0; i < count; i++) {
      distinct.add(IntBuffer.wrap(tokenIds, i, size).slice());
    }
    return distinct.size() == count ? 0 : -(1 - (double) distinct.size() / count);
  }
}
