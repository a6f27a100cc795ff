package ai.medr1.grpo.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;

class GrpoLossTest {
  private static final float[][][] LOGPS = {{{-0.5f, -1f}, {-2f}}};
  private static final float[][] ADVANTAGES = {{0.7f, -0.7f}};

  @Test
  void noReferenceIsNeededWithoutDivergence() {
    PolicyBatch without = batch(Optional.empty());
    assertThat(SurrogateLoss.grpo(0.2, 0.2, 0).of(without).tally().values())
        .doesNotContainKey("kl");
    assertThatThrownBy(() -> SurrogateLoss.medR1().of(without))
        .hasMessageContaining("beta is positive");
  }

  @Test
  void logProbabilitiesThatAreNotFiniteMakeALossThatIsNot() {
    float[][][] broken = {{{-0.5f, Float.NaN}, {-2f}}};
    PolicyBatch batch =
        new PolicyBatch(broken, broken, Optional.of(LOGPS), ADVANTAGES, new StepSize(2, 3));
    assertThat(SurrogateLoss.medR1().of(batch).value()).isNaN();
  }

  @Test
  void arraysThatDoNotFitTogetherAreNamed() {
    float[][][] shorter = {{{-0.5f}, {-2f}}};
    assertThatThrownBy(() -> batch(Optional.of(shorter)))
        .hasMessage("refLogps does not fit the log-probabilities: expected 2 entries, found 1");
  }

  private static PolicyBatch batch(Optional<float[][][]> ref) {
    return new PolicyBatch(LOGPS, LOGPS, ref, ADVANTAGES, new StepSize(2, 3));
  }
}
