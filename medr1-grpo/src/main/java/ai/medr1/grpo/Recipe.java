package ai.medr1.grpo;

import ai.medr1.core.InputException;
import ai.medr1.eval.AnswerExtractor;
import ai.medr1.eval.text.TextScore;
import ai.medr1.grpo.config.DataPrompt;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.loss.GrpoLoss;
import ai.medr1.grpo.loss.PolicyLoss;
import ai.medr1.grpo.metrics.TrainingListener;
import ai.medr1.grpo.reward.AccuracyReward;
import ai.medr1.grpo.reward.FormatReward;
import ai.medr1.grpo.reward.Reward;
import ai.medr1.grpo.reward.RewardSet;
import ai.medr1.grpo.reward.TextReward;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * What a program may put in place of Med-R1's parts.
 *
 * @param rewards what completions earn; their weights are those of {@link GrpoConfig#rewards}, 1
 *     where it names none
 * @param loss what the rewards become
 * @param listeners hear of every step
 */
public record Recipe(List<Reward> rewards, PolicyLoss loss, List<TrainingListener> listeners) {

  public Recipe {
    rewards = List.copyOf(rewards);
    listeners = List.copyOf(listeners);
  }

  /**
   * Accuracy and the format that the prompt asks for, the rewards for texts that the configuration
   * gives a weight, the KL-regularized loss, no listeners.
   */
  public static Recipe medR1(GrpoConfig config) {
    boolean thinks = config.data().template().text().contains("<think>");
    FormatReward format = thinks ? FormatReward.think() : FormatReward.noThink();
    List<Reward> rewards = new ArrayList<>(List.of(new AccuracyReward(), format));
    AnswerExtractor extractor = new DataPrompt(config.data().prompt()).wording().extractor();
    Arrays.stream(TextScore.values())
        .filter(score -> config.rewards().containsKey(score.rewardName()))
        .forEach(score -> rewards.add(new TextReward(score, extractor, config.numericTolerance())));
    return new Recipe(rewards, new GrpoLoss(0.2, 0.2, 0, config.beta()), List.of());
  }

  /** One more reward. */
  public Recipe withReward(Reward reward) {
    return new Recipe(append(rewards, reward), loss, listeners);
  }

  /** Another loss. */
  public Recipe withLoss(PolicyLoss other) {
    return new Recipe(rewards, other, listeners);
  }

  /** One more listener. */
  public Recipe withListener(TrainingListener listener) {
    return new Recipe(rewards, loss, append(listeners, listener));
  }

  /** The rewards with their weights; those of weight 0 are logged, but earn nothing. */
  RewardSet weighted(Map<String, Double> weights) {
    List<String> names = rewards.stream().map(Reward::name).toList();
    for (String name : weights.keySet()) {
      if (!names.contains(name)) {
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
    return Stream.concat(
            names.stream(), Arrays.stream(TextScore.values()).map(TextScore::rewardName))
        .distinct()
        .collect(Collectors.joining(", "));
  }

  private static <T> List<T> append(List<T> list, T more) {
    return Stream.concat(list.stream(), Stream.of(more)).toList();
  }
}
