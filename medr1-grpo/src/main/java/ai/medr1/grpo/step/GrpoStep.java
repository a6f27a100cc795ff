package ai.medr1.grpo.step;

import ai.medr1.core.model.NotFiniteException;
import ai.medr1.grpo.loss.StepSize;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A GRPO step: draws and rewards, then differentiates the loss, once for every update. The weights
 * stay as they are: whoever calls it makes the update between two gradients. Gradients are added to
 * those that the model has.
 *
 * <p>Source: DeepSeekMath (arXiv 2402.03300), algorithm 1, lines 7 to 11.
 *
 * @param microBatches how an update is cut; shared by the steps of a run, since it remembers when
 *     memory ran out
 * @param method what is made of the completions
 */
public record GrpoStep(
    Rollouts rollouts, PolicyGradient gradient, MicroBatches microBatches, Method method) {
  private static final Logger LOG = LoggerFactory.getLogger(GrpoStep.class);

  /**
   * Draws the completions of a step. Where logits are not finite, nothing is drawn; the log names
   * the item.
   *
   * @param questions may be none
   * @param more gives so many other questions, for those whose groups teach nothing
   * @param step its number, counted from 0
   * @param progress share of the run that is done
   */
  public Generation draw(
      List<Question> questions,
      IntFunction<List<Question>> more,
      long step,
      double progress,
      StepClock clock) {
    IdentityHashMap<Drawn, float[][]> reference = new IdentityHashMap<>();
    double klWeight = method.schedule().at(progress);
    List<Drawn> all = new ArrayList<>();
    List<Drawn> kept = new ArrayList<>();
    try {
      List<Question> next = questions;
      for (int round = 0; !next.isEmpty(); round++) {
        List<Drawn> drawn = rollouts.draw(next, step, clock);
        all.addAll(drawn);
        drawn.stream().filter(this::teaches).forEach(kept::add);
        boolean again =
            method.equalGroups() == Method.EqualGroups.REDRAW && round < method.redraws();
        next = again ? more.apply(questions.size() - kept.size()) : List.of();
      }
    } catch (NotFiniteException e) {
      LOG.warn("step {} is skipped: {}", step + 1, e.getMessage());
      return new Generation(List.of(), List.of(), method, klWeight, reference, true);
    }
    List<Drawn> paid = method.klInReward() == 0 ? kept : pay(kept, klWeight, reference, clock);
    return new Generation(all, rollouts.compared(paid), method, klWeight, reference, false);
  }

  private boolean teaches(Drawn drawn) {
    return method.equalGroups() == Method.EqualGroups.KEEP || !drawn.isEqual();
  }

  /** Takes the divergence from the reference off the rewards. */
  private List<Drawn> pay(
      List<Drawn> drawn,
      double klWeight,
      IdentityHashMap<Drawn, float[][]> known,
      StepClock clock) {
    Reference model =
        gradient
            .reference()
            .orElseThrow(() -> new IllegalStateException("a divergence needs a reference"));
    List<Drawn> paid = new ArrayList<>();
    for (Drawn group : drawn) {
      float[][] ref = gradient.reference(model, List.of(group), clock)[0];
      double[] costs = new double[ref.length];
      Arrays.setAll(
          costs,
          g ->
              method.klInReward()
                  * klWeight
                  * method.divergence().sum(group.completions().get(g).logps(), ref[g]));
      Drawn less = group.less(costs);
      known.put(less, ref);
      paid.add(less);
    }
    return paid;
  }

  /**
   * Adds the gradient of an update.
   *
   * @param update one of {@link Generation#updates}, in their order; the weights have changed since
   *     the one before
   * @return its loss
   */
  public LossTotals differentiate(Generation generation, List<Rollout> update, StepClock clock) {
    if (update.isEmpty()) {
      return new LossTotals();
    }
    scoreOthers(generation, update, clock);
    StepSize size = generation.size(update);
    Set<Drawn> known = Collections.newSetFromMap(new IdentityHashMap<>());
    known.addAll(generation.old().keySet());
    return microBatches.run(
        update,
        parts -> differentiate(generation, parts, size, clock),
        () -> {
          gradient.policy().learner().zeroGradients();
          generation.old().keySet().removeIf(drawn -> !known.contains(drawn));
        });
  }

  /** Scores what later updates learn from, before the first one changes the weights. */
  private void scoreOthers(Generation generation, List<Rollout> update, StepClock clock) {
    if (!generation.old().isEmpty()) {
      return;
    }
    List<Rollout> others =
        generation.rollouts().stream().filter(rollout -> !update.contains(rollout)).toList();
    microBatches.of(others).forEach(part -> gradient.scoreOld(generation, part, clock));
  }

  private LossTotals differentiate(
      Generation generation, List<List<Rollout>> parts, StepSize size, StepClock clock) {
    LossTotals totals = new LossTotals();
    parts.forEach(part -> gradient.add(generation, part, size, totals, clock));
    return totals;
  }

  /**
   * Metrics of rewards, lengths and loss, named as by TRL; none where nothing was drawn.
   *
   * @param totals of all updates
   */
  public Map<String, Double> metrics(Generation generation, LossTotals totals) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    if (!generation.drawn().isEmpty()) {
      metrics.putAll(RolloutMetrics.of(generation.drawn(), rollouts.rewards().names()));
      if (rollouts.drawsPlainly()) {
        metrics.put("entropy", RolloutMetrics.entropy(generation.drawn()));
      }
      if (method.equalGroups() != Method.EqualGroups.KEEP) {
        metrics.put("groups/drawn", (double) generation.drawn().size());
        metrics.put("groups/used", (double) generation.rollouts().size());
      }
      metrics.putAll(totals.metrics());
    }
    return metrics;
  }
}
