package ai.medr1.grpo.step;

import ai.medr1.core.model.Continuation;
import ai.medr1.core.text.Prompt;
import java.util.List;

/**
 * A question with its completions, compared with each other.
 *
 * @param advantages [G]
 */
public record Rollout(Drawn drawn, float[] advantages) implements MicroBatches.Sequences {

  public Question question() {
    return drawn.question();
  }

  public Prompt prompt() {
    return question().prompt();
  }

  /** [G] completions. */
  public List<Continuation> completions() {
    return drawn.completions();
  }

  /** [G] weighted sums of the rewards. */
  public double[] rewards() {
    return drawn.group().totals();
  }

  @Override
  public int promptLength() {
    return prompt().ids().length;
  }

  @Override
  public int count() {
    return completions().size();
  }

  @Override
  public int longest() {
    return completions().stream().mapToInt(c -> c.ids().length).max().orElse(0);
  }
}
