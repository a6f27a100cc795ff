package ai.medr1.grpo.reward;

import ai.medr1.data.VqaItem;
import java.util.List;

/**
 * Rewards and their weights; what a completion earns is the weighted sum.
 *
 * @param parts at least one, in the order of the metrics, with distinct names
 */
public record RewardSet(List<Part> parts) {

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

  public List<String> names() {
    return parts.stream().map(p -> p.reward().name()).toList();
  }

  /**
   * The rewards of one completion, not weighted, in the order of the parts; see {@link
   * Reward#score} for the arguments.
   *
   * @throws IllegalStateException if a reward is not finite
   */
  public double[] scores(VqaItem item, String completion, int[] tokenIds) {
    return parts.stream()
        .mapToDouble(part -> score(part.reward(), item, completion, tokenIds))
        .toArray();
  }

  /** The weighted sum of what {@link #scores} gives. */
  public double total(double[] scores) {
    double total = 0;
    for (int i = 0; i < scores.length; i++) {
      total += parts.get(i).weight() * scores[i];
    }
    return total;
  }

  private static double score(Reward reward, VqaItem item, String completion, int[] tokenIds) {
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
