package example;

import ai.medr1.data.AnswerKind;
import ai.medr1.data.Labels;
import ai.medr1.data.VqaItem;
import ai.medr1.grpo.reward.Reward;
import ai.medr1.testing.RewardContract;
import java.nio.file.Path;
import java.util.List;

class BriefRewardTest extends RewardContract {
  @Override
  protected Reward reward() {
    return new BriefReward(32);
  }

  @Override
  protected VqaItem item() {
    return new VqaItem(
        "mine#0",
        List.of(),
        "Is the heart enlarged?",
        "no",
        List.of(),
        AnswerKind.TEXT,
        Labels.NONE,
        new VqaItem.Source(Path.of("mine"), 0));
  }
}
