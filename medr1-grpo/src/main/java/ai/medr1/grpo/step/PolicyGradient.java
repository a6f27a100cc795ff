package ai.medr1.grpo.step;

import ai.medr1.core.model.Continuations;
import ai.medr1.core.model.Distribution;
import ai.medr1.core.model.QwenVl;
import ai.medr1.core.model.Scored;
import ai.medr1.core.text.Prompt;
import ai.medr1.grpo.loss.LossGradient;
import ai.medr1.grpo.loss.PolicyBatch;
import ai.medr1.grpo.loss.PolicyLoss;
import ai.medr1.grpo.loss.StepSize;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * Adds the gradient of a policy loss to the model's.
 *
 * @param policy the model that drew the rollouts; not owned
 * @param reference empty where the loss needs none
 * @param distribution with which the rollouts were drawn
 */
public record PolicyGradient(
    QwenVl policy, Optional<Reference> reference, PolicyLoss loss, Distribution distribution) {

  /**
   * Scores some rollouts and adds the gradient of their loss; seconds go to the phases {@code
   * reference_s}, {@code score_s} and {@code update_s}. The reference scores each rollout once.
   *
   * @param generation that the rollouts are of
   * @param part rollouts that are scored together, at least one
   * @param size what the whole step holds: a part's gradient is its share of the step's
   * @param totals gets the loss of the part
   */
  public void add(
      Generation generation,
      List<Rollout> part,
      StepSize size,
      LossTotals totals,
      StepClock clock) {
    List<Drawn> drawn = part.stream().map(Rollout::drawn).toList();
    // The reference comes first, while no activations wait for a backward pass.
    Optional<float[][][]> refLogps =
        reference.map(model -> reference(model, generation, drawn, clock));
    boolean first = !generation.old().containsKey(drawn.get(0));
    try (Scored scored = clock.time("score_s", () -> scored(drawn, first))) {
      if (first) {
        keep(generation.old(), drawn, scored.logps());
        totals.addDrift(scored.logps(), drawn, policy.scoring().takesDrawn());
      }
      LossGradient gradient =
          loss.of(
              new PolicyBatch(
                  scored.logps(),
                  first ? scored.logps() : kept(generation.old(), drawn),
                  refLogps,
                  part.stream().map(Rollout::advantages).toArray(float[][]::new),
                  leftOut(generation, drawn),
                  size));
      totals.add(gradient);
      clock.run("update_s", () -> policy.scoring().backward(scored, gradient.dLogps()));
    }
  }

  /** While nothing is known of a rollout, the weights are still those that drew it. */
  private Scored scored(List<Drawn> drawn, boolean first) {
    return first
        ? policy.scoring().scoreDrawn(prompts(drawn), completions(drawn), distribution)
        : policy.scoring().score(prompts(drawn), completions(drawn), distribution);
  }

  /** [B][G][tokens] under the reference, which is asked once per group. */
  private float[][][] reference(
      Reference model, Generation generation, List<Drawn> drawn, StepClock clock) {
    if (!generation.reference().keySet().containsAll(drawn)) {
      keep(generation.reference(), drawn, reference(model, drawn, clock));
    }
    return kept(generation.reference(), drawn);
  }

  /** [B][G][tokens] under the reference. */
  float[][][] reference(Reference model, List<Drawn> drawn, StepClock clock) {
    return clock.time(
        "reference_s", () -> model.logProbs(prompts(drawn), completions(drawn), distribution));
  }

  /**
   * Scores rollouts with the weights that drew them, before they change; seconds go to the phase
   * {@code old_s}.
   */
  void scoreOld(Generation generation, List<Rollout> part, StepClock clock) {
    List<Drawn> drawn = part.stream().map(Rollout::drawn).toList();
    float[][][] logps =
        clock.time(
            "old_s",
            () -> policy.scoring().logProbs(prompts(drawn), completions(drawn), distribution));
    keep(generation.old(), drawn, logps);
  }

  private static boolean[][] leftOut(Generation generation, List<Drawn> drawn) {
    boolean[][] leftOut = new boolean[drawn.size()][];
    for (int b = 0; b < leftOut.length; b++) {
      leftOut[b] = new boolean[drawn.get(b).completions().size()];
      for (int g = 0; g < leftOut[b].length; g++) {
        leftOut[b][g] = generation.leavesOut(drawn.get(b).completions().get(g));
      }
    }
    return leftOut;
  }

  static List<Prompt> prompts(List<Drawn> drawn) {
    return drawn.stream().map(group -> group.question().prompt()).toList();
  }

  static Continuations completions(List<Drawn> drawn) {
    return new Continuations(drawn.stream().map(Drawn::completions).toList());
  }

  private static void keep(
      IdentityHashMap<Drawn, float[][]> known, List<Drawn> drawn, float[][][] logps) {
    for (int b = 0; b < logps.length; b++) {
      known.put(drawn.get(b), logps[b]);
    }
  }

  private static float[][][] kept(IdentityHashMap<Drawn, float[][]> known, List<Drawn> drawn) {
    return drawn.stream().map(known::get).toArray(float[][][]::new);
  }
}
