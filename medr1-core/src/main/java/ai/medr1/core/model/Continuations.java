package ai.medr1.core.model;

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
}
