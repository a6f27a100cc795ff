package ai.medr1.grpo;

import ai.medr1.core.model.Learner;
import java.util.Optional;

/** Looks at the weights that are trained. */
final class Weights {
  private static final int PART = 1 << 20;

  private Weights() {}

  /** The name of a trained weight that has a number which is not finite; empty where none has. */
  static Optional<String> notFinite(Learner learner) {
    return learner.trained().stream().filter(name -> !isFinite(learner, name)).findFirst();
  }

  /** Reads a part at a time. */
  private static boolean isFinite(Learner learner, String name) {
    long size = learner.shape(name).stream().mapToLong(Long::longValue).reduce(1, (a, b) -> a * b);
    for (long start = 0; start < size; start += PART) {
      for (float value : learner.weight(name, start, (int) Math.min(PART, size - start))) {
        if (!Float.isFinite(value)) {
          return false;
        }
      }
    }
    return true;
  }
}
