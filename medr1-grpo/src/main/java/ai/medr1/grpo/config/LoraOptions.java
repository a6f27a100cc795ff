package ai.medr1.grpo.config;

import ai.medr1.core.config.LoraConfig;
import java.util.List;

/**
 * Low-rank adapters (Hu et al., arXiv 2106.09685), trained in place of the weights. The reference
 * policy is then the same model without them.
 *
 * @param rank of the matrices, 0 for no adapters
 * @param alpha the branches are scaled by alpha / rank
 * @param dropout share of the branches' inputs that training sets to zero
 * @param targets layers of the language model
 * @param vision adapt the blocks of the vision tower, too
 */
public record LoraOptions(
    int rank, double alpha, double dropout, List<String> targets, boolean vision) {

  public LoraOptions {
    targets = List.copyOf(targets);
    Check.notNegative("rank", rank);
    Check.positive("alpha", alpha);
    Check.share("dropout", dropout);
    Check.that(
        LoraConfig.ALL_TARGETS.containsAll(targets),
        "targets are among " + LoraConfig.ALL_TARGETS + ", found " + targets);
    Check.that(
        rank == 0 || vision || !targets.isEmpty(),
        "targets is empty and vision is false, so that nothing would be adapted; name layers");
  }

  /** No adapters; alpha and targets as they are used once a rank is given. */
  public static LoraOptions off() {
    return new LoraOptions(0, 32, 0, LoraConfig.ALL_TARGETS, false);
  }

  /** Whether there are adapters. */
  boolean isOn() {
    return rank > 0;
  }

  LoraConfig toLora(long seed) {
    return new LoraConfig(rank, alpha, dropout, targets, vision, seed);
  }
}
