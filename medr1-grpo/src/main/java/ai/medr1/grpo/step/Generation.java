package ai.medr1.grpo.step;

import ai.medr1.core.model.Continuation;
import ai.medr1.grpo.loss.StepSize;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;

/**
 * What one step has drawn, and the log-probabilities that all its updates share.
 *
 * <p>Used by one thread.
 */
public final class Generation {
  private final List<Drawn> drawn;
  private final List<Rollout> rollouts;
  private final Method method;
  private final double klWeight;
  private final IdentityHashMap<Drawn, float[][]> reference;
  private final IdentityHashMap<Drawn, float[][]> old = new IdentityHashMap<>();
  private final boolean failed;

  /**
   * Keeps what was drawn.
   *
   * @param drawn all groups
   * @param rollouts those that are learned from
   * @param klWeight factor of the weight of the divergence
   * @param reference [G][tokens] log-probabilities under the reference, as far as they are known
   * @param failed whether nothing could be drawn, since logits were not finite
   */
  Generation(
      List<Drawn> drawn,
      List<Rollout> rollouts,
      Method method,
      double klWeight,
      IdentityHashMap<Drawn, float[][]> reference,
      boolean failed) {
    this.drawn = drawn;
    this.rollouts = rollouts;
    this.method = method;
    this.klWeight = klWeight;
    this.reference = reference;
    this.failed = failed;
  }

  /** All groups that were drawn, those as well that are not learned from. */
  public List<Drawn> drawn() {
    return drawn;
  }

  /**
   * One of the rollouts, to look at; of a group that is not learned from where there is no other.
   */
  public Optional<Rollout> sample() {
    return rollouts.stream()
        .findFirst()
        .or(
            () ->
                drawn.stream()
                    .findFirst()
                    .map(group -> new Rollout(group, new float[group.completions().size()])));
  }

  /** Whether nothing could be drawn, since logits were not finite. */
  public boolean failed() {
    return failed;
  }

  /** What is learned from. */
  public List<Rollout> rollouts() {
    return rollouts;
  }

  /** [G][tokens] by group, under the reference. */
  IdentityHashMap<Drawn, float[][]> reference() {
    return reference;
  }

  /** [G][tokens] by group, under the policy that drew them, as the trainer computes it. */
  IdentityHashMap<Drawn, float[][]> old() {
    return old;
  }

  boolean leavesOut(Continuation completion) {
    return method.leavesOutCut() && !completion.finished();
  }

  /** What every update learns from, in their order; parts differ in size by one rollout at most. */
  public List<List<Rollout>> updates() {
    List<List<Rollout>> updates = new ArrayList<>();
    int parts = Math.min(method.parts(), rollouts.size());
    for (int iteration = 0; iteration < method.iterations(); iteration++) {
      for (int part = 0; part < parts; part++) {
        updates.add(
            rollouts.subList(part * rollouts.size() / parts, (part + 1) * rollouts.size() / parts));
      }
    }
    return updates;
  }

  /** What an update divides by. */
  StepSize size(List<Rollout> update) {
    int parts = Math.max(1, Math.min(method.parts(), rollouts.size()));
    return new StepSize(
        update.stream().mapToInt(Rollout::count).sum(),
        tokens(update),
        (double) tokens(rollouts) / parts,
        klWeight);
  }

  private long tokens(List<Rollout> of) {
    return of.stream()
        .flatMap(rollout -> rollout.completions().stream())
        .filter(completion -> !leavesOut(completion))
        .mapToLong(completion -> completion.ids().length)
        .sum();
  }
}
