package ai.medr1.grpo.step;

import ai.medr1.core.model.NotFiniteException;
import ai.medr1.grpo.loss.StepSize;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A GRPO step up to its gradients: draws, rewards, and differentiates the loss. The weights stay as
 * they are; gradients are added to those that the model has.
 *
 * <p>Source: DeepSeekMath (arXiv 2402.03300), algorithm 1, lines 7 to 11.
 *
 * @param microBatches how the step is cut; shared by the steps of a run, since it remembers when
 *     memory ran out
 */
public record GrpoStep(Rollouts rollouts, PolicyGradient gradient, MicroBatches microBatches) {
  private static final Logger LOG = LoggerFactory.getLogger(GrpoStep.class);

  /**
   * What a step gives beside the gradients.
   *
   * @param rollouts one for every question; none where logits were not finite
   * @param totals its loss
   */
  public record Outcome(List<Rollout> rollouts, LossTotals totals) {

    /** Completions and their tokens. */
    public StepSize size() {
      return GrpoStep.size(rollouts);
    }

    /**
     * Metrics of rewards, lengths and loss, named as by TRL; none where there are no rollouts.
     *
     * @param rewardNames in the order of the scores
     */
    public Map<String, Double> metrics(List<String> rewardNames) {
      Map<String, Double> metrics = new LinkedHashMap<>();
      if (!rollouts.isEmpty()) {
        metrics.putAll(RolloutMetrics.of(rollouts, rewardNames));
        metrics.putAll(totals.tokenMeans(size().tokens()));
      }
      return metrics;
    }
  }

  /**
   * Makes the step. Where logits are not finite, nothing is drawn, the loss is NaN and no gradient
   * is added; the log names the item.
   *
   * @param questions may be none: nothing is added then
   * @param step its number, counted from 0
   */
  public Outcome run(List<Question> questions, long step, StepClock clock) {
    List<Rollout> drawn;
    try {
      drawn = rollouts.of(questions, step, clock);
    } catch (NotFiniteException e) {
      LOG.warn("step {} is skipped: {}", step + 1, e.getMessage());
      return new Outcome(List.of(), LossTotals.undefined());
    }
    StepSize size = size(drawn);
    LossTotals totals =
        microBatches.run(
            drawn,
            parts -> differentiate(parts, size, clock),
            gradient.policy().learner()::zeroGradients);
    return new Outcome(drawn, totals);
  }

  private LossTotals differentiate(List<List<Rollout>> parts, StepSize size, StepClock clock) {
    LossTotals totals = new LossTotals();
    parts.forEach(part -> gradient.add(part, size, totals, clock));
    return totals;
  }

  private static StepSize size(List<Rollout> rollouts) {
    return new StepSize(
        rollouts.stream().mapToInt(r -> r.completions().size()).sum(),
        rollouts.stream().mapToLong(Rollout::tokens).sum());
  }
}
