package ai.medr1.data;

import java.util.Collections;
import java.util.List;

/**
 * A stream of pseudo-random numbers (SplitMix64) that is the same on every machine and JVM.
 *
 * <p>{@link #split} gives independent streams by name, whatever was drawn from this one before: so
 * adding a draw in one place leaves the numbers of all others as they were, and work can be spread
 * over threads. Not thread-safe; not for secrets.
 */
public final class SeededRandom {
  private static final long GAMMA = 0x9E3779B97F4A7C15L;

  private final long seed;
  private long state;

  public SeededRandom(long seed) {
    this.seed = mix(seed + GAMMA);
    this.state = this.seed;
  }

  /** The stream of this name, which depends on the seed and the name alone. */
  public SeededRandom split(String name) {
    long hash = seed;
    for (int i = 0; i < name.length(); i++) {
      hash = mix(hash ^ name.charAt(i)) + GAMMA;
    }
    return new SeededRandom(hash);
  }

  /** The stream of this number. */
  public SeededRandom split(long number) {
    return new SeededRandom(mix(seed ^ mix(number)));
  }

  public long nextLong() {
    state += GAMMA;
    return mix(state);
  }

  /** A number in [0, 1). */
  public double nextDouble() {
    return (nextLong() >>> 11) * 0x1.0p-53;
  }

  /** A number in [from, to). */
  public double between(double from, double to) {
    return from + (to - from) * nextDouble();
  }

  /** A number in [0, bound); the bias is below bound / 2^53. */
  public int nextInt(int bound) {
    return (int) (nextDouble() * bound);
  }

  public <T> T pick(List<T> values) {
    return values.get(nextInt(values.size()));
  }

  /** Brings the list into random order. */
  public void shuffle(List<?> list) {
    for (int i = list.size() - 1; i > 0; i--) {
      Collections.swap(list, i, nextInt(i + 1));
    }
  }

  /** Spreads every bit of the input over the whole output. */
  public static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    long b = (a ^ (a >>> 27)) * 0x94D049BB133111EBL;
    return b ^ (b >>> 31);
  }
}
