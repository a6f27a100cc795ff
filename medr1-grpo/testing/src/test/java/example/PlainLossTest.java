package example;

import ai.medr1.grpo.loss.PolicyLoss;
import ai.medr1.testing.PolicyLossContract;

class PlainLossTest extends PolicyLossContract {
  @Override
  protected PolicyLoss loss() {
    return new PlainLoss();
  }
}
