package ai.medr1.grpo.step;

import ai.medr1.core.model.Continuations;
import ai.medr1.core.model.Distribution;
import ai.medr1.core.text.Prompt;
import java.util.List;

/** The policy that the trained one must stay near. */
@FunctionalInterface
public interface Reference {
  /**
   * Log-probabilities of completions under it, without gradients.
   *
   * @param distribution with which they were drawn
   * @return [B][G][tokens]
   */
  float[][][] logProbs(List<Prompt> prompts, Continuations drawn, Distribution distribution);
}
