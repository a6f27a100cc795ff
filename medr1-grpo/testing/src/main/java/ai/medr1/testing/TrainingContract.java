package ai.medr1.testing;

import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.medr1.core.config.Family;
import ai.medr1.grpo.Recipe;
import ai.medr1.grpo.check.SmallTraining;
import ai.medr1.grpo.check.TrainingCheck;
import ai.medr1.grpo.config.GrpoConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * A short training on two cores that learns: the reward rises, loss, KL divergence and gradients
 * are finite, and the same seed gives the same losses. Extend it and change what is yours: a
 * reward, a loss, a configuration, or the model and the items.
 */
public abstract class TrainingContract {

  /**
   * Model, items and configuration; a new small model and phantoms where this is not overridden,
   * which takes some 10 seconds.
   *
   * @param dir for all files
   */
  protected SmallTraining training(Path dir) throws IOException {
    return SmallTraining.make(dir, Family.QWEN2_VL, 1, 1);
  }

  /** The configuration to train with; that of {@link #training} unless this is overridden. */
  protected GrpoConfig config(GrpoConfig config) {
    return config;
  }

  /** The parts to train with; those that the configuration names unless this is overridden. */
  protected Recipe recipe(GrpoConfig config) {
    return Recipe.of(config);
  }

  /** By how much the mean reward of the last 5 steps must be above that of the first 2. */
  protected double rise() {
    return 0.1;
  }

  /** Steps that are made a second time. */
  protected int repeatedSteps() {
    return 2;
  }

  /** One test per thing that must hold; the training is made once. */
  @TestFactory
  Stream<DynamicTest> theTraining(@TempDir Path dir) throws IOException {
    SmallTraining training = training(dir);
    GrpoConfig config = config(training.config());
    return new TrainingCheck(config, training.items(), recipe(config), rise(), repeatedSteps())
        .run(step -> {}).checks().stream()
            .map(
                check ->
                    DynamicTest.dynamicTest(
                        check.name(), () -> assertTrue(check.passed(), check::detail)));
  }
}
