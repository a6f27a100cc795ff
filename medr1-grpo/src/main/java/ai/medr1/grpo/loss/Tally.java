package ai.medr1.grpo.loss;

import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Numbers that a loss reports, added up over micro-batches: means, and the least and the largest of
 * what completions have.
 */
public final class Tally {
  private final Map<String, Sum> means = new TreeMap<>();
  private final Map<String, Double> least = new TreeMap<>();
  private final Map<String, Double> largest = new TreeMap<>();

  private record Sum(double sum, double count) {
    Sum plus(Sum other) {
      return new Sum(sum + other.sum, count + other.count);
    }
  }

  /** Adds to a mean. */
  public void mean(String name, double sum, double count) {
    means.merge(name, new Sum(sum, count), Sum::plus);
  }

  /** Keeps the least. */
  public void min(String name, double value) {
    least.merge(name, value, Math::min);
  }

  /** Keeps the largest. */
  public void max(String name, double value) {
    largest.merge(name, value, Math::max);
  }

  /** Adds all of another. */
  public void add(Tally other) {
    other.means.forEach((name, sum) -> means.merge(name, sum, Sum::plus));
    other.least.forEach(this::min);
    other.largest.forEach(this::max);
  }

  /** By name; means of nothing are left out. */
  public Map<String, Double> values() {
    Map<String, Double> values = new TreeMap<>(least);
    values.putAll(largest);
    means.forEach(
        (name, sum) -> {
          if (sum.count > 0) {
            values.put(name, sum.sum / sum.count);
          }
        });
    return Collections.unmodifiableMap(values);
  }
}
