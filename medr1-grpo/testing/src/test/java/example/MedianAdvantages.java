package example;

import ai.medr1.grpo.loss.Advantages;
import ai.medr1.grpo.loss.StepRewards;
import java.util.Arrays;

/** Compares each completion with the middle one of its group. */
public final class MedianAdvantages implements Advantages {
  @Override
  public float[][] of(StepRewards step) {
    return step.groups().stream().map(group -> of(group.totals())).toArray(float[][]::new);
  }

  private static float[] of(double[] rewards) {
    double[] sorted = rewards.clone();
    Arrays.sort(sorted);
    double middle = (sorted[(sorted.length - 1) / 2] + sorted[sorted.length / 2]) / 2;
    float[] advantages = new float[rewards.length];
    for (int g = 0; g < rewards.length; g++) {
      advantages[g] = (float) (rewards[g] - middle);
    }
    return advantages;
  }
}
