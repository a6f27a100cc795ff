package ai.medr1.grpo.reward;

import ai.medr1.data.VqaItem;

class FormatThinkRewardTest extends RewardContract {
  @Override
  protected Reward reward() {
    return FormatReward.think();
  }

  @Override
  protected VqaItem item() {
    return Items.withSolution("<answer> A </answer>");
  }
}
