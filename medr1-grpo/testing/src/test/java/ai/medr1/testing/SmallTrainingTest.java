package ai.medr1.testing;

import ai.medr1.core.config.Family;
import ai.medr1.grpo.check.SmallTraining;
import ai.medr1.grpo.config.GrpoConfig;
import java.io.IOException;
import java.nio.file.Path;

/** What {@code medr1 smoke} does, with fewer steps. */
class SmallTrainingTest extends TrainingContract {
  @Override
  protected SmallTraining training(Path dir) throws IOException {
    return SmallTraining.make(dir, Family.QWEN2_5_VL, 4, 1);
  }

  @Override
  protected GrpoConfig config(GrpoConfig config) {
    return config.with(c -> c.maxSteps(9));
  }

  @Override
  protected int repeatedSteps() {
    return 1;
  }
}
