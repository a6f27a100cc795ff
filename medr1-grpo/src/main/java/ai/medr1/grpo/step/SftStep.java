package ai.medr1.grpo.step;

import ai.medr1.core.model.Continuations;
import ai.medr1.core.model.Distribution;
import ai.medr1.core.model.QwenVl;
import ai.medr1.core.model.Scored;
import java.util.Arrays;
import java.util.List;

/**
 * A step of supervised fine-tuning up to its gradients: the mean cross-entropy of all learned
 * tokens of the step. The weights stay as they are; gradients are added to those that the model
 * has.
 *
 * @param model that learns; not owned
 * @param all whether examples learn the text of the prompt as well
 * @param microBatches how the step is cut; shared by the steps of a run, since it remembers when
 *     memory ran out
 */
public record SftStep(QwenVl model, boolean all, MicroBatches microBatches) {
  /**
   * Makes the step; seconds go to the phases {@code score_s} and {@code update_s}.
   *
   * @param examples may be none: nothing is added then
   * @return the loss
   */
  public double run(List<SftExample> examples, StepClock clock) {
    long tokens = examples.stream().mapToLong(SftExample::learned).sum();
    return microBatches.run(
        examples,
        parts -> parts.stream().mapToDouble(part -> add(part, tokens, clock)).sum(),
        model.learner()::zeroGradients);
  }

  /** Adds the gradient of some examples; gives their share of the loss. */
  private double add(List<SftExample> part, long tokens, StepClock clock) {
    try (Scored scored = clock.time("score_s", () -> score(part))) {
      float[][][] logps = scored.logps(); // [B][1][tokens]
      clock.run(
          "update_s", () -> model.scoring().backward(scored, everywhere(-1f / tokens, logps)));
      return -Arrays.stream(logps).mapToDouble(sequence -> sum(sequence[0])).sum() / tokens;
    }
  }

  private Scored score(List<SftExample> part) {
    if (all) {
      return model
          .scoring()
          .scoreSequences(
              part.stream().map(SftExample::sequence).toList(),
              part.stream().map(SftExample::labels).toList());
    }
    return model
        .scoring()
        .score(
            part.stream().map(SftExample::prompt).toList(),
            new Continuations(part.stream().map(e -> List.of(e.answer())).toList()),
            Distribution.PLAIN);
  }

  /** One value at every learned token, [B][1][tokens]. */
  private static float[][][] everywhere(float value, float[][][] logps) {
    float[][][] values = new float[logps.length][1][];
    for (int b = 0; b < logps.length; b++) {
      values[b][0] = new float[logps[b][0].length];
      Arrays.fill(values[b][0], value);
    }
    return values;
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }
}
