package ai.medr1.grpo.step;

import ai.medr1.core.model.Continuation;
import ai.medr1.grpo.loss.GroupAdvantages;
import ai.medr1.grpo.metrics.CompletionSample;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.IntStream;

/** Metrics of the completions of one step, named and computed as by TRL. */
public final class RolloutMetrics {
  private RolloutMetrics() {}

  /** Rewards and lengths of at least one rollout; a reward that applies to none has no metrics. */
  public static Map<String, Double> of(List<Drawn> rollouts, List<String> rewardNames) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    double[] rewards =
        rollouts.stream().flatMapToDouble(r -> Arrays.stream(r.group().totals())).toArray();
    metrics.put("reward", mean(rewards));
    metrics.put("reward_std", GroupAdvantages.std(rewards));
    metrics.put(
        "reward_std_in_groups",
        mean(
            rollouts.stream().mapToDouble(r -> GroupAdvantages.std(r.group().totals())).toArray()));
    long equal = rollouts.stream().filter(Drawn::isEqual).count();
    metrics.put("frac_reward_zero_std", (double) equal / rollouts.size());
    for (int k = 0; k < rewardNames.size(); k++) {
      int of = k;
      double[] scores =
          rollouts.stream()
              .flatMapToDouble(r -> Arrays.stream(r.group().scores()).mapToDouble(s -> s[of]))
              .filter(score -> !Double.isNaN(score))
              .toArray();
      if (scores.length == 0) {
        continue; // the reward applies to no item of this step
      }
      metrics.put("rewards/" + rewardNames.get(k) + "/mean", mean(scores));
      metrics.put("rewards/" + rewardNames.get(k) + "/std", GroupAdvantages.std(scores));
    }
    addLengths(metrics, rollouts);
    return metrics;
  }

  /**
   * The entropy of the policy at the tokens that it drew, in nats: the mean of −log p of these
   * tokens, which estimates it without bias where tokens are drawn from p itself.
   */
  static double entropy(List<Drawn> rollouts) {
    return rollouts.stream()
        .flatMap(rollout -> rollout.completions().stream())
        .flatMapToDouble(c -> IntStream.range(0, c.logps().length).mapToDouble(t -> -c.logps()[t]))
        .average()
        .orElse(0);
  }

  private static void addLengths(Map<String, Double> metrics, List<Drawn> rollouts) {
    double[] all = lengths(rollouts, c -> true);
    double[] finished = lengths(rollouts, Continuation::finished);
    metrics.put("completions/mean_length", mean(all));
    metrics.put("completions/min_length", Arrays.stream(all).min().orElse(0));
    metrics.put("completions/max_length", Arrays.stream(all).max().orElse(0));
    metrics.put("completions/clipped_ratio", 1 - (double) finished.length / all.length);
    metrics.put("completions/mean_terminated_length", mean(finished));
    metrics.put("completions/min_terminated_length", Arrays.stream(finished).min().orElse(0));
    metrics.put("completions/max_terminated_length", Arrays.stream(finished).max().orElse(0));
  }

  /** The completions of a rollout as the log keeps them. */
  public static List<CompletionSample> samples(Rollout rollout, List<String> rewardNames) {
    return IntStream.range(0, rollout.count())
        .mapToObj(g -> sample(rollout.drawn(), g, rollout.advantages()[g], rewardNames))
        .toList();
  }

  private static CompletionSample sample(
      Drawn rollout, int g, float advantage, List<String> rewardNames) {
    Map<String, Double> scores = new LinkedHashMap<>();
    double[] earned = rollout.group().scores()[g];
    for (int k = 0; k < rewardNames.size(); k++) {
      if (!Double.isNaN(earned[k])) {
        scores.put(rewardNames.get(k), earned[k]);
      }
    }
    Continuation completion = rollout.completions().get(g);
    return new CompletionSample(
        rollout.question().item().id(),
        rollout.question().item().imageName(),
        rollout.question().item().imageFile(),
        rollout.question().item().problem(),
        rollout.question().item().gold(),
        rollout.texts().get(g),
        completion.ids().length,
        completion.finished(),
        scores,
        rollout.group().totals()[g],
        advantage);
  }

  private static double[] lengths(List<Drawn> rollouts, Predicate<Continuation> wanted) {
    List<Continuation> completions = new ArrayList<>();
    rollouts.forEach(r -> completions.addAll(r.completions()));
    return completions.stream().filter(wanted).mapToDouble(c -> c.ids().length).toArray();
  }

  private static double mean(double[] values) {
    return Arrays.stream(values).average().orElse(0);
  }
}
