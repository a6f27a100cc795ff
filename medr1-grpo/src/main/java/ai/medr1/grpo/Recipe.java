package ai.medr1.grpo;

import ai.medr1.core.InputException;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.config.Parts;
import ai.medr1.grpo.loss.Advantages;
import ai.medr1.grpo.loss.PolicyLoss;
import ai.medr1.grpo.metrics.TrainingListener;
import ai.medr1.grpo.reward.Reward;
import ai.medr1.grpo.reward.RewardSet;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The parts of a training.
 *
 * @param rewards what completions earn; their weights are those of {@link GrpoConfig#rewards}, 1
 *     where it names none
 * @param advantages how the completions of a step are compared
 * @param loss what the comparison becomes
 * @param listeners hear of every step
 */
public record Recipe(
    List<Reward> rewards,
    Advantages advantages,
    PolicyLoss loss,
    List<TrainingListener> listeners) {

  public Recipe {
    rewards = List.copyOf(rewards);
    listeners = List.copyOf(listeners);
  }

  /** The parts that the configuration names, no listeners. */
  public static Recipe of(GrpoConfig config) {
    return new Recipe(
        Parts.rewards(config), Parts.advantages(config), Parts.loss(config), List.of());
  }

  /**
   * These rewards in place of those that the configuration names; its weights count for their names
   * alone, and are 1 where it has none for them.
   */
  public Recipe withRewards(Reward... others) {
    return new Recipe(List.of(others), advantages, loss, listeners);
  }

  /** One more reward. */
  public Recipe withReward(Reward reward) {
    return new Recipe(append(rewards, reward), advantages, loss, listeners);
  }

  /** Other advantages. */
  public Recipe withAdvantages(Advantages other) {
    return new Recipe(rewards, other, loss, listeners);
  }

  /** Another loss. */
  public Recipe withLoss(PolicyLoss other) {
    return new Recipe(rewards, advantages, other, listeners);
  }

  /** One more listener. */
  public Recipe withListener(TrainingListener listener) {
    return new Recipe(rewards, advantages, loss, append(listeners, listener));
  }

  /**
   * The rewards with their weights; those of weight 0 are logged, but earn nothing. Weights of
   * medr1's rewards that the program has left out of the recipe do not count.
   */
  RewardSet weighted(Map<String, Double> weights) {
    if (rewards.isEmpty()) {
      throw new InputException(
          "there is no reward to learn from; give one a weight in the configuration, or add one of"
              + " your own with Recipe.withReward");
    }
    List<String> names = rewards.stream().map(Reward::name).toList();
    for (String name : weights.keySet()) {
      if (!names.contains(name) && !Parts.rewardNames().contains(name)) {
        throw new InputException(
            "rewards.%s has a weight, but there is no such reward; there are %s"
                .formatted(name, known(names)));
      }
    }
    return new RewardSet(
        rewards.stream()
            .map(reward -> new RewardSet.Part(reward, weights.getOrDefault(reward.name(), 1.0)))
            .toList());
  }

  private static String known(List<String> names) {
    return Stream.concat(names.stream(), Parts.rewardNames().stream())
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static <T> List<T> append(List<T> list, T more) {
    return Stream.concat(list.stream(), Stream.of(more)).toList();
  }
}
