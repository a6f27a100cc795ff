package ai.medr1.grpo.loss;

import java.util.Arrays;

/**
 * Compares completions with the others of their group: (r − mean) / (std + 1e-4), with the unbiased
 * standard deviation of the group's weighted sums of rewards.
 *
 * <p>Source: DeepSeekMath (arXiv 2402.03300), section 4.1.2; the 1e-4 is that of Med-R1's trainer.
 * A group of one has nothing to be compared with.
 */
public final class GroupAdvantages implements Advantages {
  private static final double EPSILON = 1e-4;
  private static final double SAME = 1e-8;

  @Override
  public float[][] of(StepRewards step) {
    return step.groups().stream().map(group -> of(group.totals())).toArray(float[][]::new);
  }

  private static float[] of(double[] rewards) {
    if (rewards.length < 2) {
      throw new IllegalArgumentException(
          "a group has 2 completions or more, found " + rewards.length + ": every advantage is 0");
    }
    double mean = mean(rewards);
    double scale = std(rewards) + EPSILON;
    float[] advantages = new float[rewards.length];
    for (int i = 0; i < rewards.length; i++) {
      advantages[i] = (float) ((rewards[i] - mean) / scale);
    }
    return advantages;
  }

  /** Whether all rewards of a group are equal: it teaches nothing but the KL term. */
  public static boolean areEqual(double[] rewards) {
    return std(rewards) <= SAME;
  }

  /** The unbiased standard deviation, 0 for fewer than two values. */
  public static double std(double[] values) {
    if (values.length < 2) {
      return 0;
    }
    double mean = mean(values);
    double squares = Arrays.stream(values).map(v -> (v - mean) * (v - mean)).sum();
    return Math.sqrt(squares / (values.length - 1));
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }
}
