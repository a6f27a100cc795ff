package example;

import ai.medr1.data.VqaItem;
import ai.medr1.grpo.reward.Reward;

/** 1 for an answer without tokens, 0 for one of {@code most} tokens or more. */
public record BriefReward(int most) implements Reward {
  @Override
  public String name() {
    return "brief";
  }

  @Override
  public About about() {
    return About.OTHER;
  }

  @Override
  public double score(VqaItem item, String completion, int[] tokenIds) {
    return 1 - Math.min(1.0, (double) tokenIds.length / most);
  }
}
