package ai.medr1.testing;

import ai.medr1.grpo.loss.Aggregation;
import ai.medr1.grpo.loss.Cispo;
import ai.medr1.grpo.loss.Clipped;
import ai.medr1.grpo.loss.Divergence;
import ai.medr1.grpo.loss.KlPenalty;
import ai.medr1.grpo.loss.PolicyBatch;
import ai.medr1.grpo.loss.PolicyLoss;
import ai.medr1.grpo.loss.Ratio;
import ai.medr1.grpo.loss.Sapo;
import ai.medr1.grpo.loss.SurrogateLoss;
import org.junit.jupiter.api.Nested;

/** medr1's own losses: every part of them in some loss. */
class LossesTest {

  /** A loss under the contract. */
  abstract static class Of extends PolicyLossContract {
    private final PolicyLoss loss;

    Of(PolicyLoss loss) {
      this.loss = loss;
    }

    @Override
    protected PolicyLoss loss() {
      return loss;
    }
  }

  @Nested
  class OfMedR1 extends Of {
    OfMedR1() {
      super(SurrogateLoss.medR1());
    }
  }

  @Nested
  class DapoWithUnequalBoundsAndADelta extends Of {
    DapoWithUnequalBoundsAndADelta() {
      super(
          new SurrogateLoss(
              Ratio.TOKEN,
              new Clipped(0.1, 0.3, 1.5),
              Aggregation.DRAWN_TOKEN_MEAN,
              KlPenalty.k3(0.5)));
    }
  }

  @Nested
  class GspoWithoutReference extends Of {
    GspoWithoutReference() {
      super(
          new SurrogateLoss(
              Ratio.SEQUENCE,
              new Clipped(0.2, 0.28, 0),
              Aggregation.SEQUENCE_MEAN,
              KlPenalty.NONE));
    }
  }

  @Nested
  class DrGrpoWithACorrectedDivergence extends Of {
    DrGrpoWithACorrectedDivergence() {
      super(
          new SurrogateLoss(
              Ratio.TOKEN,
              new Clipped(0.2, 0.2, 0),
              Aggregation.constant(16),
              new KlPenalty(0.5, Divergence.K3, true)));
    }
  }

  @Nested
  class BnpoWithK1 extends Of {
    BnpoWithK1() {
      super(
          new SurrogateLoss(
              Ratio.TOKEN,
              new Clipped(0.2, 0.2, 0),
              Aggregation.TOKEN_MEAN,
              new KlPenalty(0.5, Divergence.K1, false)));
    }
  }

  @Nested
  class SapoWithK2 extends Of {
    SapoWithK2() {
      super(
          new SurrogateLoss(
              Ratio.TOKEN,
              new Sapo(1, 1.05),
              Aggregation.SEQUENCE_MEAN,
              new KlPenalty(0.5, Divergence.K2, false)));
    }
  }

  @Nested
  class SapoOfCompletions extends Of {
    SapoOfCompletions() {
      super(
          new SurrogateLoss(
              Ratio.SEQUENCE, new Sapo(1, 1.05), Aggregation.SEQUENCE_MEAN, KlPenalty.NONE));
    }
  }

  /** Its weights have no gradient, so they are taken where the derivative is. */
  @Nested
  class OfCispo extends Of {
    private static final double BOUND = 1.3;

    OfCispo() {
      super(
          new SurrogateLoss(Ratio.TOKEN, new Cispo(BOUND), Aggregation.TOKEN_MEAN, KlPenalty.NONE));
    }

    @Override
    protected double value(PolicyBatch here, PolicyBatch moved) {
      double sum = 0;
      for (int b = 0; b < here.logps().length; b++) {
        for (int g = 0; g < here.logps()[b].length; g++) {
          for (int t = 0; t < here.logps()[b][g].length; t++) {
            double ratio = Math.exp(here.logps()[b][g][t] - here.oldLogps()[b][g][t]);
            sum -= Math.min(ratio, BOUND) * here.advantages()[b][g] * moved.logps()[b][g][t];
          }
        }
      }
      return sum / here.step().tokens();
    }
  }
}
