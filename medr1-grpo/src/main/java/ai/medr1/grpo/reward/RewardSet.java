package ai.medr1.grpo.reward;

import ai.medr1.core.InputException;
import ai.medr1.data.VqaItem;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Rewards and their weights; what a completion earns is the weighted sum.
 *
 * @param parts at least one, in the order of the metrics, with distinct names
 * @param scoring how they are called
 */
public record RewardSet(List<Part> parts, Scoring scoring) {
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

  /** Rewards that are called as usual. */
  public RewardSet(List<Part> parts) {
    this(parts, Scoring.DEFAULTS);
  }

  /** The same rewards, called in another way. */
  public RewardSet with(Scoring other) {
    return new RewardSet(parts, other);
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

  /**
   * Refuses rewards that cannot be earned: those of the answer or its form for which the right
   * answer, in the form that the prompt asks for, earns nothing.
   *
   * @param items to try it on
   * @param asked the form that the prompt asks for
   * @param encode makes text token ids
   * @throws InputException naming reward and item
   */
  public void requireEarned(List<VqaItem> items, Format asked, Function<String, int[]> encode) {
    for (VqaItem item : items) {
      for (Part part : parts) {
        Reward reward = part.reward();
        if (part.weight() == 0 || reward.about() == Reward.About.OTHER) {
          continue;
        }
        String completion = asked.write(reward.rightAnswer(item));
        RewardSet alone = new RewardSet(List.of(part), scoring.with(Scoring.OnFailure.FAIL));
        if (alone.scores(item, completion, encode.apply(completion))[0] == 0) {
          throw new InputException(
              "rewards.%s is %s, but the right answer of %s earns 0: '%s', which is what the prompt asks for; %s"
                  .formatted(
                      reward.name(), part.weight(), item.source(), completion, remedy(reward)));
        }
      }
    }
  }

  private static String remedy(Reward reward) {
    return reward.about() == Reward.About.FORM
        ? "set format to auto, or change data.prompt"
        : "remove the reward, mend the item, or see in the user guide which reward is for which data; one of your own that is not about the answer says so with about()";
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
   * Completions of one question.
   *
   * @param texts [G] without special tokens
   * @param tokenIds [G][L]
   */
  public record Completions(VqaItem item, List<String> texts, List<int[]> tokenIds) {}

  /**
   * The rewards of whole groups, [G][K] each in the order of the parts, not weighted; NaN for those
   * that do not apply. They are computed concurrently; the result is the same with any number of
   * threads.
   *
   * @throws IllegalStateException if a reward fails, gives no finite number or takes too long, and
   *     that is not to be passed over; it names reward and item
   */
  public List<double[][]> scores(List<Completions> groups) {
    try (Scorer scorer = new Scorer(scoring)) {
      return scorer.scores(parts.stream().map(Part::reward).toList(), groups);
    }
  }

  /** The rewards of one completion; see {@link Reward#score} for the arguments. */
  public double[] scores(VqaItem item, String completion, int[] tokenIds) {
    return scores(List.of(new Completions(item, List.of(completion), List.of(tokenIds)))).get(0)[0];
  }

  /** Whether the thread that asks runs a reward. */
  public static boolean isScoring() {
    return Thread.currentThread() instanceof Scorer.Worker;
  }

  /** The weighted sum of what {@link #scores} gives, of the rewards that apply. */
  public double total(double[] scores) {
    double total = 0;
    for (int i = 0; i < scores.length; i++) {
      total += Double.isNaN(scores[i]) ? 0 : parts.get(i).weight() * scores[i];
    }
    return total;
  }

  private static void check(boolean good, String message) {
    if (!good) {
      throw new IllegalArgumentException(message);
    }
  }
}
