package ai.medr1.testing;

import ai.medr1.grpo.loss.Advantages;
import ai.medr1.grpo.loss.GroupAdvantages;
import org.junit.jupiter.api.Nested;

/** medr1's own advantages. */
class AdvantagesTest {

  /** One of them under the contract. */
  abstract static class Of extends AdvantagesContract {
    private final GroupAdvantages kind;

    Of(GroupAdvantages kind) {
      this.kind = kind;
    }

    @Override
    protected Advantages advantages() {
      return kind;
    }
  }

  @Nested
  class Group extends Of {
    Group() {
      super(GroupAdvantages.GROUP);
    }
  }

  @Nested
  class Batch extends Of {
    Batch() {
      super(GroupAdvantages.BATCH);
    }
  }

  @Nested
  class None extends Of {
    None() {
      super(GroupAdvantages.NONE);
    }
  }

  @Nested
  class Rloo extends Of {
    Rloo() {
      super(GroupAdvantages.RLOO);
    }
  }

  @Nested
  class ReinforcePlusPlusBaseline extends Of {
    ReinforcePlusPlusBaseline() {
      super(GroupAdvantages.REINFORCE_PLUS_PLUS_BASELINE);
    }
  }

  @Nested
  class Gdpo extends Of {
    Gdpo() {
      super(GroupAdvantages.GDPO);
    }
  }

  @Nested
  class MaxRl extends Of {
    MaxRl() {
      super(GroupAdvantages.MAXRL);
    }
  }
}
