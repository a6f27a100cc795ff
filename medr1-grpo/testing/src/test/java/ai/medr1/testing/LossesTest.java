package ai.medr1.testing;

import ai.medr1.grpo.loss.GrpoLoss;
import ai.medr1.grpo.loss.PolicyLoss;
import org.junit.jupiter.api.Nested;

/** medr1's own losses. */
class LossesTest {
  @Nested
  class OfMedR1 extends PolicyLossContract {
    @Override
    protected PolicyLoss loss() {
      return GrpoLoss.medR1();
    }
  }

  @Nested
  class WithUnequalBoundsAndADelta extends PolicyLossContract {
    @Override
    protected PolicyLoss loss() {
      return new GrpoLoss(0.1, 0.3, 1.5, 0.5);
    }
  }

  @Nested
  class WithoutReference extends PolicyLossContract {
    @Override
    protected PolicyLoss loss() {
      return new GrpoLoss(0.2, 0.28, 0, 0);
    }
  }
}
