package ai.medr1.grpo.reward;

import ai.medr1.data.VqaItem;

class FormatNoThinkRewardTest extends RewardContract {
  @Override
  protected Reward reward() {
    return FormatReward.noThink();
  }

  @Override
  protected VqaItem item() {
    return Items.withSolution("<answer> A </answer>");
  }
}
