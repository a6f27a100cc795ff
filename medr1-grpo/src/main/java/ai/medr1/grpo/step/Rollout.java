package ai.medr1.grpo.step;

import ai.medr1.core.model.Continuation;
import ai.medr1.core.text.Prompt;
import java.util.List;

/**
 * A question with the completions that the policy drew and what they earned.
 *
 * @param completions [G]
 * @param texts [G] without special tokens
 * @param scores [G][rewards] before weighting; NaN where a reward does not apply
 * @param rewards [G] weighted sums
 * @param advantages [G]
 */
public record Rollout(
    Question question,
    List<Continuation> completions,
    List<String> texts,
    double[][] scores,
    double[] rewards,
    float[] advantages)
    implements MicroBatches.Sequences {

  public Prompt prompt() {
    return question.prompt();
  }

  @Override
  public int promptLength() {
    return prompt().ids().length;
  }

  @Override
  public int count() {
    return completions.size();
  }

  @Override
  public int longest() {
    return completions.stream().mapToInt(c -> c.ids().length).max().orElse(0);
  }

  /** Tokens of all completions. */
  public long tokens() {
    return completions.stream().mapToLong(c -> c.ids().length).sum();
  }
}
