package ai.medr1.grpo;

import ai.medr1.core.model.Continuation;
import ai.medr1.core.text.Prompt;
import java.util.List;

/**
 * A question with the completions that the policy drew and what they earned.
 *
 * @param completions [G]
 * @param texts [G] without special tokens
 * @param scores [G][rewards] before weighting
 * @param rewards [G] weighted sums
 * @param advantages [G]
 */
record Rollout(
    Question question,
    List<Continuation> completions,
    List<String> texts,
    double[][] scores,
    double[] rewards,
    float[] advantages) {

  Prompt prompt() {
    return question.prompt();
  }

  long tokens() {
    return completions.stream().mapToLong(c -> c.ids().length).sum();
  }
}
