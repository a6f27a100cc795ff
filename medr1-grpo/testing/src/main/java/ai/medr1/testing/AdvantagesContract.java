package ai.medr1.testing;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.medr1.data.Modality;
import ai.medr1.grpo.loss.Advantages;
import ai.medr1.grpo.loss.StepRewards;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What training relies on in any {@link Advantages}. */
public abstract class AdvantagesContract {
  private static final long SEED = 11;
  private static final int GROUPS = 5;
  private static final float ROUNDING = 1e-5f;
  private static final double[] WEIGHTS = {1, 0.5, -0.25};

  /** The advantages to be checked; another object in every call. */
  protected abstract Advantages advantages();

  @Test
  void everyCompletionHasOneThatIsFinite() {
    requireFinite(random());
  }

  @Test
  void equalRewardsGiveNumbers() {
    requireFinite(step(g -> new double[] {1, 1, 0}));
    requireFinite(step(g -> new double[] {0, 0, 0}));
    requireFinite(step(g -> new double[] {0.1, Double.NaN, 0.1}));
  }

  @Test
  void rewardsThatApplyToNothingGiveNumbers() {
    requireFinite(step(g -> new double[] {Double.NaN, Double.NaN, Double.NaN}));
  }

  @Test
  void oneGroupOfTwoIsEnough() {
    requireFinite(new StepRewards(names(), WEIGHTS, List.of(group(0, 2, g -> scores(g, g, g)))));
  }

  @Test
  void rewardsOfAnySizeGiveNumbers() {
    requireFinite(step(g -> scores(g * 1e9, -1e9, 1e9)));
    requireFinite(step(g -> scores(g * 1e-9, 1e-9, 0)));
  }

  @Test
  void theOrderOfTheGroupsDoesNotCount() {
    StepRewards step = random();
    int[] order = order(GROUPS);
    List<StepRewards.Group> moved =
        IntStream.of(order).mapToObj(place -> step.groups().get(place)).toList();
    float[][] before = advantages().of(step);
    float[][] after = advantages().of(new StepRewards(names(), WEIGHTS, moved));
    for (int b = 0; b < GROUPS; b++) {
      assertArrayEquals(before[order[b]], after[b], ROUNDING, "group " + b + ", seed " + SEED);
    }
  }

  @Test
  void theOrderInAGroupDoesNotCount() {
    StepRewards step = random();
    float[][] before = advantages().of(step);
    float[][] after =
        advantages()
            .of(
                new StepRewards(
                    names(),
                    WEIGHTS,
                    step.groups().stream().map(AdvantagesContract::moved).toList()));
    for (int b = 0; b < GROUPS; b++) {
      int[] order = order(before[b].length);
      for (int g = 0; g < order.length; g++) {
        assertEquals(before[b][order[g]], after[b][g], ROUNDING, "group " + b + ", seed " + SEED);
      }
    }
  }

  @Test
  void theSameStepGivesTheSame() {
    Advantages advantages = advantages();
    float[][] once = advantages.of(random());
    assertArrayEquals(once, advantages.of(random()));
    assertArrayEquals(once, advantages().of(random()));
  }

  @Test
  void whatIsGivenIsLeftAlone() {
    StepRewards given = random();
    advantages().of(given);
    StepRewards same = random();
    assertArrayEquals(same.weights(), given.weights());
    for (int b = 0; b < GROUPS; b++) {
      StepRewards.Group group = given.groups().get(b);
      assertArrayEquals(same.groups().get(b).scores(), group.scores());
      assertArrayEquals(same.groups().get(b).totals(), group.totals());
      assertArrayEquals(same.groups().get(b).lengths(), group.lengths());
      assertArrayEquals(same.groups().get(b).finished(), group.finished());
    }
  }

  private void requireFinite(StepRewards step) {
    float[][] found = advantages().of(step);
    assertEquals(step.groups().size(), found.length, "groups");
    for (int b = 0; b < found.length; b++) {
      assertEquals(step.groups().get(b).size(), found[b].length, "completions of group " + b);
      for (float advantage : found[b]) {
        assertTrue(Float.isFinite(advantage), "finite, found " + advantage);
      }
    }
  }

  // ---- steps

  /** The scores of a completion by its place in the group. */
  private interface Scores {
    double[] of(int place);
  }

  private static double[] scores(double... scores) {
    return scores;
  }

  private static List<String> names() {
    return List.of("accuracy", "format", "length");
  }

  private static StepRewards step(Scores scores) {
    List<StepRewards.Group> groups =
        IntStream.range(0, GROUPS).mapToObj(b -> group(b, 4, scores)).toList();
    return new StepRewards(names(), WEIGHTS, groups);
  }

  /** Groups of 3 to 7; the second reward does not apply to the first question. */
  private static StepRewards random() {
    Random random = new Random(SEED);
    List<StepRewards.Group> groups = new ArrayList<>();
    for (int b = 0; b < GROUPS; b++) {
      boolean applies = b > 0;
      groups.add(
          group(
              b,
              3 + b,
              g ->
                  scores(
                      random.nextInt(2),
                      applies ? random.nextInt(2) : Double.NaN,
                      random.nextDouble())));
    }
    return new StepRewards(names(), WEIGHTS, groups);
  }

  private static StepRewards.Group group(int index, int size, Scores scores) {
    double[][] all = new double[size][];
    double[] totals = new double[size];
    int[] lengths = new int[size];
    boolean[] finished = new boolean[size];
    for (int g = 0; g < size; g++) {
      all[g] = scores.of(g);
      for (int k = 0; k < WEIGHTS.length; k++) {
        totals[g] += Double.isNaN(all[g][k]) ? 0 : WEIGHTS[k] * all[g][k];
      }
      lengths[g] = 1 + (7 * index + 3 * g) % 50;
      finished[g] = g % 3 != 2;
    }
    Modality modality = index % 2 == 0 ? Modality.CT : Modality.MRI;
    return new StepRewards.Group(Items.letter(index, modality), all, totals, lengths, finished);
  }

  private static StepRewards.Group moved(StepRewards.Group group) {
    int[] order = order(group.size());
    double[][] scores = new double[order.length][];
    double[] totals = new double[order.length];
    int[] lengths = new int[order.length];
    boolean[] finished = new boolean[order.length];
    for (int g = 0; g < order.length; g++) {
      scores[g] = group.scores()[order[g]];
      totals[g] = group.totals()[order[g]];
      lengths[g] = group.lengths()[order[g]];
      finished[g] = group.finished()[order[g]];
    }
    return new StepRewards.Group(group.item(), scores, totals, lengths, finished);
  }

  /** Each takes the place of the one before it. */
  private static int[] order(int size) {
    return IntStream.range(0, size).map(place -> (place + 1) % size).toArray();
  }
}
