package ai.medr1.grpo.reward;

import ai.medr1.core.InputException;
import ai.medr1.data.VqaItem;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rewards and their weights; what a completion earns is the weighted sum.
 *
 * @param parts at least one, in the order of the metrics, with distinct names
 */
public record RewardSet(List<Part> parts) {
  private static final Logger LOG = LoggerFactory.getLogger(RewardSet.class);

  /**
   * @param weight any finite number; negative for a penalty
   */
  public record Part(Reward reward, double weight) {
    public Part {
      check(
          reward.name().matches("[\\w-]+"),
          "the name of a reward is made of letters, digits, _ and -, found: " + reward.name());
      check(
          Double.isFinite(weight),
          "the weight of reward " + reward.name() + " is a finite number, found " + weight);
    }
  }

  public RewardSet {
    parts = List.copyOf(parts);
    check(!parts.isEmpty(), "at least one reward is needed, found none");
    List<String> names = parts.stream().map(p -> p.reward().name()).toList();
    check(
        names.stream().distinct().count() == names.size(),
        "rewards have distinct names, found " + names);
  }

  /** Rewards that are simply summed. */
  public static RewardSet of(Reward... rewards) {
    return new RewardSet(List.of(rewards).stream().map(r -> new Part(r, 1)).toList());
  }

  /**
   * Refuses rewards that could never be earned, and warns of items that no answer's reward is
   * about.
   *
   * @param items to train on
   * @throws InputException naming the reward that has a weight, but applies to no item
   */
  public void requireApply(List<VqaItem> items) {
    for (Part part : parts) {
      if (part.weight() != 0 && items.stream().noneMatch(part.reward()::appliesTo)) {
        throw new InputException(
            "rewards.%s is %s, but this reward applies to none of the %d items (the right answer of the first, %s, is '%s'); remove it, or see in the user guide which reward is for which data"
                .formatted(
                    part.reward().name(),
                    part.weight(),
                    items.size(),
                    items.get(0).source(),
                    items.get(0).gold()));
      }
    }
    List<VqaItem> without =
        items.stream()
            .filter(
                item ->
                    parts.stream()
                        .filter(part -> part.weight() != 0)
                        .noneMatch(part -> part.reward().appliesTo(item)))
            .toList();
    if (!without.isEmpty()) {
      LOG.warn(
          "No reward applies to {} of {} items, the first of which is {} with the right answer"
              + " '{}': all their completions earn 0, and nothing is learned from them",
          without.size(),
          items.size(),
          without.get(0).source(),
          without.get(0).gold());
    }
  }

  /** The weights by name. */
  public Map<String, Double> weightsByName() {
    return parts.stream().collect(Collectors.toMap(p -> p.reward().name(), Part::weight));
  }

  public List<String> names() {
    return parts.stream().map(p -> p.reward().name()).toList();
  }

  /** In the order of the parts. */
  public double[] weights() {
    return parts.stream().mapToDouble(Part::weight).toArray();
  }

  /**
   * The rewards of one completion, not weighted, in the order of the parts; NaN for those that do
   * not apply. See {@link Reward#score} for the arguments.
   *
   * @throws IllegalStateException if a reward is not finite
   */
  public double[] scores(VqaItem item, String completion, int[] tokenIds) {
    return parts.stream()
        .mapToDouble(part -> score(part.reward(), item, completion, tokenIds))
        .toArray();
  }

  /** The weighted sum of what {@link #scores} gives, of the rewards that apply. */
  public double total(double[] scores) {
    double total = 0;
    for (int i = 0; i < scores.length; i++) {
      total += Double.isNaN(scores[i]) ? 0 : parts.get(i).weight() * scores[i];
    }
    return total;
  }

  private static double score(Reward reward, VqaItem item, String completion, int[] tokenIds) {
    if (!reward.appliesTo(item)) {
      return Double.NaN;
    }
    double score = reward.score(item, completion, tokenIds);
    if (!Double.isFinite(score)) {
      throw new IllegalStateException(
          "reward %s gave %s for item %s: rewards are finite numbers; completion: %s"
              .formatted(reward.name(), score, item.id(), completion));
    }
    return score;
  }

  private static void check(boolean good, String message) {
    if (!good) {
      throw new IllegalArgumentException(message);
    }
  }
}
