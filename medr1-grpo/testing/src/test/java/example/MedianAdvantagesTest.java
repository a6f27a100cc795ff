package example;

import ai.medr1.grpo.loss.Advantages;
import ai.medr1.testing.AdvantagesContract;

class MedianAdvantagesTest extends AdvantagesContract {
  @Override
  protected Advantages advantages() {
    return new MedianAdvantages();
  }
}
