package ai.medr1.testing;

import ai.medr1.grpo.loss.Advantages;
import ai.medr1.grpo.loss.GroupAdvantages;
import org.junit.jupiter.api.Nested;

/** medr1's own advantages. */
class AdvantagesTest {
  @Nested
  class OfGroups extends AdvantagesContract {
    @Override
    protected Advantages advantages() {
      return new GroupAdvantages();
    }
  }
}
