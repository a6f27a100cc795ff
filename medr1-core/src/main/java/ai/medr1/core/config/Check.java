package ai.medr1.core.config;

/** Conditions on the fields of a record, named as in config.json. */
final class Check {
  private Check() {}

  static void that(boolean good, String message) {
    if (!good) {
      throw new IllegalArgumentException(message);
    }
  }

  static void positive(String key, double value) {
    that(value > 0 && Double.isFinite(value), key + " must be positive, found " + value);
  }

  static void positive(String key, int value) {
    that(value > 0, key + " must be positive, found " + value);
  }

  static void divides(String divisorKey, int divisor, String key, int value) {
    that(
        value % divisor == 0,
        key + " " + value + " must be a multiple of " + divisorKey + " " + divisor);
  }
}
