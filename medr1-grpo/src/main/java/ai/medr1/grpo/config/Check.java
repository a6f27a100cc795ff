package ai.medr1.grpo.config;

/** Conditions of configuration records. */
final class Check {
  private Check() {}

  /**
   * Messages begin with the name of the key, so that a reader can put where it stands before it.
   */
  static void that(boolean good, String message) {
    if (!good) {
      throw new IllegalArgumentException(message);
    }
  }

  static void positive(String key, Number value) {
    that(value.doubleValue() > 0, key + " is positive, found " + value);
  }

  static void notNegative(String key, Number value) {
    that(value.doubleValue() >= 0, key + " is 0 or positive, found " + value);
  }

  /** Beyond these, logits that are divided by it are no numbers any more, or all the same. */
  static void temperature(double value) {
    that(value >= 1e-3 && value <= 1e3, "temperature is 0.001 to 1000, found " + value);
  }

  static void share(String key, double value) {
    that(value >= 0 && value < 1, key + " is in [0, 1), found " + value);
  }
}
