package ai.medr1.grpo.loss;

import ai.medr1.data.AnswerKind;
import ai.medr1.data.Labels;
import ai.medr1.data.VqaItem;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** A step of one group. */
final class OneGroup {
  private OneGroup() {}

  static VqaItem item() {
    return new VqaItem(
        "t#0",
        List.of(),
        "What is it?",
        "A",
        List.of(),
        AnswerKind.LETTER,
        Labels.NONE,
        new VqaItem.Source(Path.of("t.json"), 0));
  }

  /** The advantages of a group whose rewards are these. */
  static float[] advantages(double... rewards) {
    double[][] scores =
        Arrays.stream(rewards).mapToObj(r -> new double[] {r}).toArray(double[][]::new);
    int[] lengths = new int[rewards.length];
    StepRewards.Group group =
        new StepRewards.Group(item(), scores, rewards, lengths, new boolean[rewards.length]);
    return GroupAdvantages.GROUP
        .of(new StepRewards(List.of("accuracy"), new double[] {1}, List.of(group)))[0];
  }
}
