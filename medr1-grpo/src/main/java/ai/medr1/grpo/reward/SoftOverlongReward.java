package ai.medr1.grpo.reward;

import ai.medr1.data.VqaItem;

/**
 * A punishment of long completions: 0 up to {@code most - cache} tokens, then falling in a straight
 * line to -1 at {@code most}, and -1 beyond. Source: DAPO (arXiv 2503.14476), equation 13.
 *
 * @param most tokens of a completion
 * @param cache tokens over which it falls, from 0 to {@code most}
 */
public record SoftOverlongReward(int most, int cache) implements Reward {
  public SoftOverlongReward {
    if (cache < 0 || cache > most) {
      throw new IllegalArgumentException(
          "the tokens over which the punishment of length grows are 0 to %d, found %d"
              .formatted(most, cache));
    }
  }

  @Override
  public String name() {
    return "soft-overlong";
  }

  @Override
  public About about() {
    return About.OTHER;
  }

  @Override
  public double score(VqaItem item, String completion, int[] tokenIds) {
    int beyond = tokenIds.length - (most - cache);
    if (beyond <= 0) {
      return 0;
    }
    return tokenIds.length > most ? -1 : -(double) beyond / cache;
  }
}
