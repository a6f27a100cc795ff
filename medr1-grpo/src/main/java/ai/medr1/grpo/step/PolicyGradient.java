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
import java.util.List;
import java.util.Optional;

/**
 * Adds the gradient of a policy loss to the model's.
 *
 * @param policy whose weights have not changed since it drew the rollouts; not owned
 * @param reference empty where the loss needs none
 * @param distribution with which the rollouts were drawn
 */
public record PolicyGradient(
    QwenVl policy, Optional<Reference> reference, PolicyLoss loss, Distribution distribution) {

  /**
   * Scores some rollouts and adds the gradient of their loss; seconds go to the phases {@code
   * reference_s}, {@code score_s} and {@code update_s}.
   *
   * @param part rollouts that are scored together, at least one
   * @param size what the whole step holds: a part's gradient is its share of the step's
   * @param totals gets the loss of the part
   */
  public void add(List<Rollout> part, StepSize size, LossTotals totals, StepClock clock) {
    List<Prompt> prompts = part.stream().map(Rollout::prompt).toList();
    Continuations drawn = new Continuations(part.stream().map(Rollout::completions).toList());
    // The reference comes first, while no activations wait for a backward pass.
    Optional<float[][][]> refLogps =
        reference.map(
            model -> clock.time("reference_s", () -> model.logProbs(prompts, drawn, distribution)));
    try (Scored scored =
        clock.time("score_s", () -> policy.scoring().scoreDrawn(prompts, drawn, distribution))) {
      LossGradient gradient =
          loss.of(
              new PolicyBatch(
                  scored.logps(),
                  scored.logps(), // one update per batch: the policy is the one that drew
                  refLogps,
                  part.stream().map(Rollout::advantages).toArray(float[][]::new),
                  size));
      totals.add(gradient);
      clock.run("update_s", () -> policy.scoring().backward(scored, gradient.dLogps()));
    }
  }
}
