package ai.medr1.core.model;

import java.nio.FloatBuffer;
import java.util.List;

/**
 * G completions of each of B prompts, ragged in length.
 *
 * @param groups [B][G]
 */
public record Continuations(List<List<Continuation>> groups) {
  public Continuations {
    groups = groups.stream().map(List::copyOf).toList();
  }

  /** The longest completion. */
  public int longest() {
    return groups.stream().flatMap(List::stream).mapToInt(c -> c.ids().length).max().orElse(0);
  }

  /** The log-probabilities of all tokens, one completion after the other. */
  float[] logps() {
    int tokens = groups.stream().flatMap(List::stream).mapToInt(c -> c.logps().length).sum();
    FloatBuffer all = FloatBuffer.allocate(tokens);
    groups.forEach(group -> group.forEach(completion -> all.put(completion.logps())));
    return all.array();
  }
}
