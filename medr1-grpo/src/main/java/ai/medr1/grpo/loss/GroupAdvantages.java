package ai.medr1.grpo.loss;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Compares completions with the others of their group. A completion to which no reward applies is
 * compared with nothing: its advantage is 0, and the others do without it.
 *
 * <p>Letters: r the weighted sum of a completion's rewards, mean and std those of its group (std
 * unbiased), n its completions. A group of one has nothing to be compared with.
 */
public enum GroupAdvantages implements Advantages {
  /**
   * (r − mean) / (std + 1e-4).
   *
   * <p>Source: DeepSeekMath (arXiv 2402.03300), section 4.1.2; the 1e-4 is that of Med-R1's trainer
   * and of TRL ({@code scale_rewards=group}).
   */
  GROUP {
    @Override
    public float[][] of(StepRewards step) {
      return each(step, r -> scaled(centred(r), std(r)));
    }
  },

  /**
   * (r − mean) / (std of the whole step + 1e-4).
   *
   * <p>Source: Lite PPO (arXiv 2508.08221); TRL's {@code scale_rewards=batch}.
   */
  BATCH {
    @Override
    public float[][] of(StepRewards step) {
      double std =
          std(step.groups().stream().flatMapToDouble(g -> Arrays.stream(totals(g))).toArray());
      return each(step, r -> scaled(centred(r), std));
    }
  },

  /**
   * r − mean.
   *
   * <p>Source: Dr. GRPO (arXiv 2503.20783), equation 4: dividing favours questions that are too
   * hard or too easy. TRL's {@code scale_rewards=none}.
   */
  NONE {
    @Override
    public float[][] of(StepRewards step) {
      return each(step, GroupAdvantages::centred);
    }
  },

  /**
   * r − the mean of the others.
   *
   * <p>Source: RLOO (arXiv 2402.14740), equation 5.
   */
  RLOO {
    @Override
    public float[][] of(StepRewards step) {
      return each(step, GroupAdvantages::leaveOneOut);
    }
  },

  /**
   * r − mean, then brought to mean 0 and variance 1 over the tokens of the step.
   *
   * <p>Source: REINFORCE++-baseline (arXiv 2501.03262), section 3; over tokens as verl's {@code
   * reinforce_plus_plus_baseline} does.
   */
  REINFORCE_PLUS_PLUS_BASELINE {
    @Override
    public float[][] of(StepRewards step) {
      return whitened(step, NONE.of(step));
    }
  },

  /**
   * Every reward scaled within its group by itself, their weighted sum scaled over the step: a
   * reward that all completions earn does not drown the others.
   *
   * <p>Source: GDPO (arXiv 2601.05242), equations 4 to 6; TRL's {@code
   * multi_objective_aggregation=normalize_then_sum}.
   */
  GDPO {
    @Override
    public float[][] of(StepRewards step) {
      double[][] sums =
          step.groups().stream().map(g -> apart(g, step.weights())).toArray(double[][]::new);
      double[] all =
          Arrays.stream(sums)
              .flatMapToDouble(Arrays::stream)
              .filter(s -> !Double.isNaN(s))
              .toArray();
      double mean = mean(all);
      double std = std(all);
      return Arrays.stream(sums)
          .map(r -> floats(scaled(Arrays.stream(r).map(s -> s - mean).toArray(), std)))
          .toArray(float[][]::new);
    }
  },

  /**
   * (r − mean) / mean, 0 where the mean is not positive: hard questions count more.
   *
   * <p>Source: MaxRL (arXiv 2602.02710); for rewards that are 0 or positive.
   */
  MAXRL {
    @Override
    public float[][] of(StepRewards step) {
      return each(step, GroupAdvantages::byMean);
    }
  };

  private static final double EPSILON = 1e-4;
  private static final double SAME = 1e-8;
  private static final double LEAST_VARIANCE = 1e-8;

  /** From the rewards of a group, NaN where none applies, to its advantages. */
  @FunctionalInterface
  private interface OfGroup {
    double[] of(double[] rewards);
  }

  private static float[][] each(StepRewards step, OfGroup rule) {
    return step.groups().stream()
        .map(group -> floats(rule.of(totals(group))))
        .toArray(float[][]::new);
  }

  /** [n] weighted sums; NaN where no reward applies. */
  private static double[] totals(StepRewards.Group group) {
    if (group.size() < 2) {
      throw new IllegalArgumentException(
          "a group has 2 completions or more, found " + group.size() + ": every advantage is 0");
    }
    return IntStream.range(0, group.size())
        .mapToDouble(g -> applies(group.scores()[g]) ? group.totals()[g] : Double.NaN)
        .toArray();
  }

  private static boolean applies(double[] scores) {
    return Arrays.stream(scores).anyMatch(s -> !Double.isNaN(s));
  }

  private static float[] floats(double[] advantages) {
    float[] floats = new float[advantages.length];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = Double.isNaN(advantages[i]) ? 0 : (float) advantages[i];
    }
    return floats;
  }

  private static double[] centred(double[] rewards) {
    double mean = mean(rewards);
    return Arrays.stream(rewards).map(r -> r - mean).toArray();
  }

  private static double[] scaled(double[] centred, double std) {
    return Arrays.stream(centred).map(a -> a / (std + EPSILON)).toArray();
  }

  private static double[] leaveOneOut(double[] rewards) {
    long n = Arrays.stream(rewards).filter(r -> !Double.isNaN(r)).count();
    double factor = n > 1 ? (double) n / (n - 1) : 0;
    return Arrays.stream(centred(rewards)).map(a -> a * factor).toArray();
  }

  private static double[] byMean(double[] rewards) {
    double mean = mean(rewards);
    return Arrays.stream(rewards).map(r -> mean > 0 ? (r - mean) / mean : 0).toArray();
  }

  /** [n] the weighted sum of the rewards, each scaled by itself; NaN where none applies. */
  private static double[] apart(StepRewards.Group group, double[] weights) {
    double[] sums = totals(group);
    Arrays.setAll(sums, g -> Double.isNaN(sums[g]) ? Double.NaN : 0);
    for (int k = 0; k < weights.length; k++) {
      int reward = k;
      double[] scores = Arrays.stream(group.scores()).mapToDouble(s -> s[reward]).toArray();
      double[] scaled = scaled(centred(scores), std(scores));
      for (int g = 0; g < sums.length; g++) {
        sums[g] += Double.isNaN(scaled[g]) ? 0 : weights[k] * scaled[g];
      }
    }
    return sums;
  }

  /** Every completion weighs as much as it has tokens. */
  private static float[][] whitened(StepRewards step, float[][] advantages) {
    List<StepRewards.Group> groups = step.groups();
    double tokens = 0;
    double sum = 0;
    double squares = 0;
    for (int b = 0; b < advantages.length; b++) {
      for (int g = 0; g < advantages[b].length; g++) {
        double length = groups.get(b).lengths()[g];
        tokens += length;
        sum += length * advantages[b][g];
        squares += length * advantages[b][g] * advantages[b][g];
      }
    }
    double mean = tokens > 0 ? sum / tokens : 0;
    double variance = tokens > 1 ? (squares - tokens * mean * mean) / (tokens - 1) : 0;
    double scale = 1 / Math.sqrt(Math.max(0, variance) + LEAST_VARIANCE);
    float[][] whitened = new float[advantages.length][];
    for (int b = 0; b < whitened.length; b++) {
      whitened[b] = new float[advantages[b].length];
      for (int g = 0; g < whitened[b].length; g++) {
        boolean applies = applies(groups.get(b).scores()[g]);
        whitened[b][g] = applies ? (float) ((advantages[b][g] - mean) * scale) : 0;
      }
    }
    return whitened;
  }

  /** Whether all rewards of a group are equal: it teaches nothing but the KL term. */
  public static boolean areEqual(double[] rewards) {
    return std(rewards) <= SAME;
  }

  /** The unbiased standard deviation of the values that are numbers, 0 for fewer than two. */
  public static double std(double[] values) {
    double[] numbers = Arrays.stream(values).filter(v -> !Double.isNaN(v)).toArray();
    if (numbers.length < 2) {
      return 0;
    }
    double mean = mean(numbers);
    double squares = Arrays.stream(numbers).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (numbers.length - 1));
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).filter(v -> !Double.isNaN(v)).average().orElse(0);
  }
}
