package ai.medr1.grpo.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.jni.JniUtils;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LossGradientTest {
  private static final long SEED = 5;
  private final Random random = new Random(SEED);
  private NDManager manager;

  @BeforeEach
  void open() {
    manager = NDManager.newBaseManager();
  }

  @AfterEach
  void close() {
    manager.close();
  }

  @Test
  void aCompletionWithoutTokensCostsNothing() {
    PolicyBatch batch = batch(new float[] {1, 1, 0, 0}, new StepSize(2, 2));
    LossGradient found = LossGradient.of(GrpoLoss.medR1(), batch);
    assertThat(found.value()).isFinite();
    assertThat(found.dLogps().toFloatArray()).endsWith(0f, 0f).doesNotContain(Float.NaN);
  }

  @Test
  void splittingAStepKeepsLossAndGradient() {
    float[] mask = {1, 1, 1, 0};
    StepSize step = new StepSize(2, 3);
    PolicyBatch whole = batch(mask, step);
    LossGradient together = LossGradient.of(GrpoLoss.medR1(), whole);
    LossGradient first = LossGradient.of(GrpoLoss.medR1(), completion(whole, 0));
    LossGradient second = LossGradient.of(GrpoLoss.medR1(), completion(whole, 1));
    assertThat(first.value() + second.value()).isCloseTo(together.value(), within(1e-7));
    assertThat(first.dLogps().concat(second.dLogps(), 1).toFloatArray())
        .containsExactly(together.dLogps().toFloatArray(), within(1e-8f));
  }

  /** DJL lends the numbers in a loss to libtorch in memory that the collector may free. */
  @Test
  void theGarbageCollectorDoesNotChangeTheGradient() {
    PolicyBatch batch = batch(new float[] {1, 1, 1, 1}, new StepSize(2, 4));
    float[] expected = LossGradient.of(GrpoLoss.medR1(), batch).dLogps().toFloatArray();
    int[] calls = {0};
    PolicyLoss interrupted =
        b -> {
          PolicyLoss.Terms terms = GrpoLoss.medR1().of(b);
          if (calls[0]++ == 0) {
            collectAndReuse();
          }
          return terms;
        };
    LossGradient found = LossGradient.of(interrupted, batch);
    assertThat(found.dLogps().toFloatArray()).containsExactly(expected);
  }

  /** Frees what is unreachable and writes other values over it. */
  private static void collectAndReuse() {
    for (int i = 0; i < 5; i++) {
      System.gc();
      for (int j = 0; j < 20_000; j++) {
        ByteBuffer.allocateDirect(8).putLong(0, 0x4242424242424242L);
      }
    }
  }

  @Test
  void noReferenceIsNeededWithoutDivergence() {
    PolicyBatch batch = batch(new float[] {1, 1, 1, 1}, new StepSize(2, 4));
    PolicyBatch without =
        new PolicyBatch(
            batch.logps(),
            batch.oldLogps(),
            Optional.empty(),
            batch.mask(),
            batch.advantages(),
            batch.step());
    assertThat(LossGradient.of(new GrpoLoss(0.2, 0.2, 0, 0), without).tokenSums())
        .doesNotContainKey("kl");
    assertThatThrownBy(() -> LossGradient.of(GrpoLoss.medR1(), without))
        .hasMessageContaining("beta is positive");
  }

  @Test
  void leavesNothingBehind() {
    PolicyBatch batch = batch(new float[] {1, 1, 1, 1}, new StepSize(2, 4));
    int before = manager.getManagedArrays().size();
    LossGradient found = LossGradient.of(GrpoLoss.medR1(), batch);
    assertThat(manager.getManagedArrays()).hasSize(before + 1).contains(found.dLogps());
    assertThat(JniUtils.isGradMode()).isFalse();
    PolicyLoss constant = b -> new PolicyLoss.Terms(b.mask().sum(), Map.of());
    assertThatThrownBy(() -> LossGradient.of(constant, batch))
        .hasMessageContaining("no derivative");
    assertThat(JniUtils.isGradMode()).isFalse();
    assertThat(manager.getManagedArrays()).hasSize(before + 1);
  }

  /** One prompt, two completions of two tokens. */
  private PolicyBatch batch(float[] mask, StepSize step) {
    return new PolicyBatch(
        logps(),
        logps(),
        Optional.of(logps()),
        manager.create(mask, new Shape(1, 2, 2)),
        manager.create(new float[] {0.7f, -0.7f}, new Shape(1, 2)),
        step);
  }

  private NDArray logps() {
    float[] values = new float[4];
    for (int i = 0; i < values.length; i++) {
      values[i] = -random.nextFloat();
    }
    return manager.create(values, new Shape(1, 2, 2));
  }

  private static PolicyBatch completion(PolicyBatch batch, int g) {
    String slice = ":," + g + ":" + (g + 1);
    return new PolicyBatch(
        batch.logps().get(slice),
        batch.oldLogps().get(slice),
        batch.refLogps().map(ref -> ref.get(slice)),
        batch.mask().get(slice),
        batch.advantages().get(slice),
        batch.step());
  }
}
