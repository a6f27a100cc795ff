package ai.medr1.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.medr1.grpo.loss.LossGradient;
import ai.medr1.grpo.loss.PolicyBatch;
import ai.medr1.grpo.loss.PolicyLoss;
import ai.medr1.grpo.loss.StepSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What training relies on in any {@link PolicyLoss}. */
public abstract class PolicyLossContract {
  private static final long SEED = 7;
  private static final float NUDGE = 1.0f / 512;
  private static final int PROMPTS = 3;
  private static final int GROUP = 4;

  /** The loss to be checked. */
  protected abstract PolicyLoss loss();

  /**
   * The value whose finite differences are the derivative at a batch. Override it where a factor of
   * the loss has no gradient: that factor is taken at {@code here}.
   *
   * @param moved the same batch with one log-probability changed
   */
  protected double value(PolicyBatch here, PolicyBatch moved) {
    return loss().of(moved).value();
  }

  /** Every derivative is that of finite differences, but where the loss has an edge. */
  @Test
  void theDerivativeIsThatOfFiniteDifferences() {
    PolicyBatch batch = batch();
    float[][][] found = loss().of(batch).dLogps();
    int checked = 0;
    for (Place place : places(batch)) {
      double here = nudged(batch, place, 0);
      double ahead = (nudged(batch, place, NUDGE) - here) / NUDGE;
      double behind = (here - nudged(batch, place, -NUDGE)) / NUDGE;
      double slope = (ahead + behind) / 2;
      if (Math.abs(ahead - behind) < 0.05 * Math.abs(slope) + 1e-6) {
        assertEquals(
            slope, place.in(found), 1e-3 * Math.abs(slope) + 1e-6, place + ", seed " + SEED);
        checked++;
      }
    }
    assertTrue(checked > places(batch).size() / 2, "places without an edge: " + checked);
  }

  @Test
  void theLossesOfMicroBatchesAddUp() {
    PolicyBatch whole = batch();
    LossGradient together = loss().of(whole);
    double sum = 0;
    for (int b = 0; b < PROMPTS; b++) {
      LossGradient part = loss().of(prompt(whole, b));
      sum += part.value();
      assertArrayEquals(Arrays.copyOfRange(together.dLogps(), b, b + 1), part.dLogps());
    }
    assertEquals(together.value(), sum, 1e-9);
  }

  @Test
  void aCompletionWithoutTokensCostsNothing() {
    float[][][] none = {{{}, {}}};
    float[][] advantages = {{1, -1}};
    PolicyBatch empty =
        new PolicyBatch(none, none, Optional.of(none), advantages, new StepSize(2, 0));
    LossGradient found = loss().of(empty);
    assertEquals(0, found.value());
    assertArrayEquals(none, found.dLogps());
  }

  @Test
  void whatIsGivenIsLeftAlone() {
    PolicyBatch given = batch();
    loss().of(given);
    PolicyBatch same = batch();
    assertArrayEquals(same.logps(), given.logps());
    assertArrayEquals(same.oldLogps(), given.oldLogps());
    assertArrayEquals(same.refLogps().orElseThrow(), given.refLogps().orElseThrow());
    assertArrayEquals(same.advantages(), given.advantages());
  }

  @Test
  void theSameBatchGivesTheSame() {
    LossGradient once = loss().of(batch());
    LossGradient again = loss().of(batch());
    assertEquals(once.value(), again.value());
    assertArrayEquals(once.dLogps(), again.dLogps());
    assertEquals(once.tally().values(), again.tally().values());
  }

  // ---- batches

  /** The place of a token. */
  private record Place(int prompt, int completion, int token) {
    float in(float[][][] values) {
      return values[prompt][completion][token];
    }
  }

  private static List<Place> places(PolicyBatch batch) {
    List<Place> places = new ArrayList<>();
    for (int b = 0; b < PROMPTS; b++) {
      for (int g = 0; g < GROUP; g++) {
        for (int t = 0; t < batch.logps()[b][g].length; t++) {
          places.add(new Place(b, g, t));
        }
      }
    }
    return places;
  }

  /** The loss with one log-probability changed. */
  private double nudged(PolicyBatch batch, Place place, float by) {
    float[] tokens = batch.logps()[place.prompt()][place.completion()];
    float before = tokens[place.token()];
    PolicyBatch same = batch();
    tokens[place.token()] = before + by;
    double value = value(same, batch);
    tokens[place.token()] = before;
    return value;
  }

  /** Completions of 1 to 6 tokens, whose ratios lie on all sides of the usual bounds. */
  private static PolicyBatch batch() {
    Random random = new Random(SEED);
    float[][][] logps = new float[PROMPTS][GROUP][];
    float[][][] old = new float[PROMPTS][GROUP][];
    float[][][] ref = new float[PROMPTS][GROUP][];
    float[][] advantages = new float[PROMPTS][GROUP];
    long tokens = 0;
    for (int b = 0; b < PROMPTS; b++) {
      for (int g = 0; g < GROUP; g++) {
        int length = 1 + random.nextInt(6);
        tokens += length;
        advantages[b][g] = (float) random.nextGaussian();
        logps[b][g] = new float[length];
        old[b][g] = new float[length];
        ref[b][g] = new float[length];
        for (int t = 0; t < length; t++) {
          // Multiples of the nudge, so that adding it rounds nothing.
          logps[b][g][t] = -NUDGE * (1 + random.nextInt(1500));
          old[b][g][t] = logps[b][g][t] + (float) (0.4 * random.nextGaussian());
          ref[b][g][t] = logps[b][g][t] + (float) (0.4 * random.nextGaussian());
        }
      }
    }
    return new PolicyBatch(
        logps, old, Optional.of(ref), advantages, new StepSize(PROMPTS * GROUP, tokens));
  }

  private static PolicyBatch prompt(PolicyBatch batch, int b) {
    return new PolicyBatch(
        Arrays.copyOfRange(batch.logps(), b, b + 1),
        Arrays.copyOfRange(batch.oldLogps(), b, b + 1),
        batch.refLogps().map(ref -> Arrays.copyOfRange(ref, b, b + 1)),
        Arrays.copyOfRange(batch.advantages(), b, b + 1),
        batch.step());
  }
}
