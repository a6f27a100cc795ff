package ai.medr1.grpo.step;

import ai.djl.engine.EngineException;
import ai.medr1.core.model.Continuation;
import ai.medr1.core.model.Continuations;
import ai.medr1.core.model.NotFiniteException;
import ai.medr1.core.model.PrefixCache;
import ai.medr1.core.model.QwenVl;
import ai.medr1.core.model.RandomStreams;
import ai.medr1.core.model.Sampling;
import ai.medr1.core.text.Prompt;
import ai.medr1.core.text.Tokenizer;
import ai.medr1.grpo.loss.Advantages;
import ai.medr1.grpo.loss.StepRewards;
import ai.medr1.grpo.reward.RewardSet;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Draws a group of completions per question, rewards them and compares them with each other.
 *
 * <p>What is drawn is a function of the weights, the seed, the step and a question's place in it:
 * which questions are drawn together makes no difference but for rounding.
 *
 * @param policy draws; not owned
 * @param tokenizer makes token ids text
 * @param advantages compare them
 * @param sampling how tokens are drawn
 * @param group completions per question G
 * @param merges whether adapters are added to the weights while completions are drawn
 */
public record Rollouts(
    QwenVl policy,
    Tokenizer tokenizer,
    RewardSet rewards,
    Advantages advantages,
    Sampling sampling,
    int group,
    long seed,
    boolean merges) {

  /**
   * Draws, rewards and compares; seconds go to the phases {@code encode_s} and {@code sample_s}.
   *
   * @param questions may be none
   * @param step number of the step, counted from 0
   * @throws NotFiniteException if logits are not finite; it names the item
   */
  public List<Rollout> of(List<Question> questions, long step, StepClock clock) {
    return compared(draw(questions, step, clock));
  }

  /** Draws and rewards, in other respects as {@link #of}. */
  public List<Drawn> draw(List<Question> questions, long step, StepClock clock) {
    if (questions.isEmpty()) {
      return List.of();
    }
    Continuations completions = completions(questions, step, clock);
    List<RewardSet.Completions> groups = new ArrayList<>();
    for (int b = 0; b < questions.size(); b++) {
      List<Continuation> group = completions.groups().get(b);
      groups.add(
          new RewardSet.Completions(
              questions.get(b).item(),
              group.stream().map(c -> tokenizer.decode(c.ids(), true)).toList(),
              group.stream().map(Continuation::ids).toList()));
    }
    List<double[][]> scores = rewards.scores(groups);
    List<Drawn> drawn = new ArrayList<>();
    for (int b = 0; b < questions.size(); b++) {
      drawn.add(
          rewarded(
              questions.get(b), completions.groups().get(b), groups.get(b).texts(), scores.get(b)));
    }
    return drawn;
  }

  /** Compares what was drawn, all of it together. */
  public List<Rollout> compared(List<Drawn> drawn) {
    float[][] compared = advantages(drawn.stream().map(Drawn::group).toList());
    List<Rollout> rollouts = new ArrayList<>();
    for (int b = 0; b < compared.length; b++) {
      rollouts.add(new Rollout(drawn.get(b), compared[b]));
    }
    return rollouts;
  }

  private Continuations completions(List<Question> questions, long step, StepClock clock) {
    List<Prompt> prompts = questions.stream().map(Question::prompt).toList();
    long[] streams =
        questions.stream().mapToLong(q -> RandomStreams.key(seed, step, q.place())).toArray();
    try {
      return merges ? drawMerged(prompts, streams, clock) : draw(prompts, streams, clock);
    } catch (NotFiniteException e) {
      throw e.named(questions.get(e.sequence()).item().source().toString());
    } catch (EngineException e) {
      if (MicroBatches.outOfMemory(e)) {
        throw MicroBatches.tooLarge(
            "%d groups of %d completions".formatted(prompts.size(), group), e);
      }
      throw e;
    }
  }

  private Continuations draw(List<Prompt> prompts, long[] streams, StepClock clock) {
    try (PrefixCache prefix = clock.time("encode_s", () -> policy.drawing().encode(prompts))) {
      return clock.time(
          "sample_s", () -> policy.drawing().sample(prefix, group, sampling, streams));
    }
  }

  private Continuations drawMerged(List<Prompt> prompts, long[] streams, StepClock clock) {
    clock.run("sample_s", policy::merge);
    try {
      return draw(prompts, streams, clock);
    } finally {
      policy.unmerge();
    }
  }

  private Drawn rewarded(
      Question question, List<Continuation> completions, List<String> texts, double[][] scores) {
    int[] lengths = completions.stream().mapToInt(c -> c.ids().length).toArray();
    boolean[] finished = new boolean[completions.size()];
    for (int g = 0; g < scores.length; g++) {
      finished[g] = completions.get(g).finished();
    }
    double[] totals = Arrays.stream(scores).mapToDouble(rewards::total).toArray();
    return new Drawn(
        question,
        completions,
        texts,
        new StepRewards.Group(question.item(), scores, totals, lengths, finished));
  }

  /** [B][G] advantages; a gradient of numbers that are none would spoil every weight. */
  private float[][] advantages(List<StepRewards.Group> groups) {
    if (groups.isEmpty()) {
      return new float[0][];
    }
    float[][] found = advantages.of(new StepRewards(rewards.names(), rewards.weights(), groups));
    for (int b = 0; b < groups.size(); b++) {
      StepRewards.Group group = groups.get(b);
      if (found.length != groups.size() || found[b].length != group.size()) {
        throw new IllegalStateException(
            "%s gave no advantage for each completion of item %s"
                .formatted(advantages.getClass().getName(), group.item().id()));
      }
      for (float advantage : found[b]) {
        if (!Float.isFinite(advantage)) {
          throw new IllegalStateException(
              "%s gave the advantage %s for item %s: advantages are finite numbers"
                  .formatted(advantages.getClass().getName(), advantage, group.item().id()));
        }
      }
    }
    return found;
  }

  /** Whether tokens are drawn from the very distribution that their log-probabilities are of. */
  boolean drawsPlainly() {
    return !sampling.greedy()
        && sampling.topK() == 0
        && sampling.topP() == 1
        && sampling.repetitionPenalty() == 1;
  }
}
