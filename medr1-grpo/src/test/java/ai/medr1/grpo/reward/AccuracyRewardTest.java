package ai.medr1.grpo.reward;

import ai.medr1.data.VqaItem;

class AccuracyRewardTest extends RewardContract {
  @Override
  protected Reward reward() {
    return new AccuracyReward();
  }

  @Override
  protected VqaItem item() {
    return Items.withSolution("<answer> 3 </answer>");
  }
}
