package ai.medr1.grpo.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.RandomCheckpoint;
import ai.medr1.core.checkpoint.Shape;
import ai.medr1.core.config.Family;
import ai.medr1.data.Part;
import ai.medr1.data.VqaItem;
import ai.medr1.data.phantom.PhantomConfig;
import ai.medr1.data.phantom.Phantoms;
import ai.medr1.grpo.Recipe;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.reward.Reward;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Trainings that have faults. That a good one passes is a test of the module medr1-testing. */
class TrainingCheckTest {
  @TempDir private static Path dir;
  private static Path model = Path.of("");
  private static List<VqaItem> items = List.of();
  @TempDir private Path out;

  @BeforeAll
  static void makeModel() throws IOException {
    model = dir.resolve("model");
    new RandomCheckpoint(Shape.SMOKE, Family.QWEN2_VL, Optional.empty(), DType.F32, 1).write(model);
    items =
        Phantoms.generate(PhantomConfig.of(1, 1, 1).withImageSize(56), dir.resolve("phantoms"))
            .byModality(Part.TRAIN)
            .items();
  }

  private Verdict check(int steps, Reward reward) {
    GrpoConfig config =
        GrpoConfig.of(model, out)
            .with(
                c ->
                    c.maxSteps(steps)
                        .accumulation(1)
                        .group(2)
                        .sampling(c.sampling().withMaxCompletionLength(2)));
    Recipe recipe = Recipe.of(config).withReward(reward);
    return new TrainingCheck(config, items, recipe, 0.1, 1).run(step -> {});
  }

  private static Reward reward(DoubleSupplier score) {
    return new Reward() {
      @Override
      public String name() {
        return "mine";
      }

      @Override
      public About about() {
        return About.OTHER;
      }

      @Override
      public double score(VqaItem item, String completion, int[] ids) {
        return score.getAsDouble();
      }
    };
  }

  @Test
  void aRewardThatFallsAndRewardsThatAreOthersAgainAreFound() {
    AtomicInteger called = new AtomicInteger();
    Verdict verdict = check(7, reward(() -> -called.incrementAndGet()));

    assertThat(verdict.passed()).isFalse();
    assertThat(verdict.rewards()).hasSize(7);
    assertThat(verdict.checks())
        .extracting(Verdict.Check::name)
        .containsExactly(
            "rewardRises", "lossIsFinite", "klIsFinite", "grad_normIsFinite", "sameSeedSameLoss");
    assertThat(verdict.checks())
        .filteredOn(c -> !c.passed())
        .extracting(Verdict.Check::name)
        .containsExactly("rewardRises", "sameSeedSameLoss");
    assertThat(verdict.checks().get(0).detail())
        .startsWith("mean reward -")
        .endsWith("at least +0.100 expected");
  }

  @Test
  void tooFewStepsAreAnErrorThatSaysSo() {
    assertThatThrownBy(() -> check(3, reward(() -> 0)))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "a check needs at least 7 steps, since it compares the first 2 with the last 5, found"
                + " 3; raise maxSteps");
  }
}
