package ai.medr1.core.model;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Which weights a model has. Branches of LoRA and their sum with the weights are one version: they
 * compute the same but for rounding.
 */
final class WeightsVersion {
  /** Shared by the models of a process, so that none takes another's weights for its own. */
  private static final AtomicLong LAST = new AtomicLong();

  private long number = LAST.incrementAndGet();
  private long updates;

  /** A number that no other weights have, of this model or of another. */
  long number() {
    return number;
  }

  /** Updates that the optimizer has made, in runs before this process as well. */
  long updates() {
    return updates;
  }

  /** The optimizer goes on behind these updates. */
  void restore(long made) {
    updates = made;
  }

  void updated() {
    updates++;
    changed();
  }

  void changed() {
    number = LAST.incrementAndGet();
  }

  Origin origin(Distribution distribution) {
    return new Origin(number, updates, distribution);
  }

  /**
   * Requires that weights are those that something was computed with.
   *
   * @param what was computed
   * @param then the number of the weights when it was
   */
  void require(String what, long then) {
    if (then != number) {
      throw new IllegalStateException(
          what + " before the weights changed; compute it again with the weights as they are");
    }
  }
}
