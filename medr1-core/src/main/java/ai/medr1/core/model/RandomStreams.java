package ai.medr1.core.model;

/**
 * Counter-based random numbers: a number depends on (seed, step, sample, continuation, token) and
 * on nothing else. So a completion does not depend on the layout of the batch, the number of
 * threads or of workers, and a resumed run draws what an uninterrupted one would, with no state to
 * save.
 *
 * <p>The mixer is the finalizer of SplitMix64 (Steele, Lea and Flood, OOPSLA 2014).
 */
public final class RandomStreams {
  private static final long GOLDEN = 0x9E3779B97F4A7C15L;

  private RandomStreams() {}

  /** The stream of one sample (its index in the data or in the batch) in one training step. */
  public static long key(long seed, long step, long sample) {
    return mix(mix(mix(seed + GOLDEN) + step * GOLDEN) + sample * GOLDEN);
  }

  /** A number in (0, 1) with 24 bits, exact in float32: neither end is ever drawn. */
  public static float uniform(long key, int continuation, int token) {
    long bits = mix(mix(key + (continuation + 1) * GOLDEN) + (token + 1) * GOLDEN) >>> 41;
    return (bits + 0.5f) * 0x1p-23f;
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return z ^ (z >>> 31);
  }
}
