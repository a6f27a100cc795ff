package ai.medr1.core.config;

import java.util.List;
import java.util.Set;

/**
 * Low-rank adapters (Hu et al., arXiv 2106.09685): a layer x W^T becomes x W^T + alpha / rank ·
 * dropout(x) A^T B^T, and only A [rank, in] and B [out, rank] are trained.
 *
 * @param rank of the matrices
 * @param alpha scales the branch together with the rank
 * @param dropout share of the branch's inputs that training sets to zero
 * @param targets layers of the language model that get a branch, by their names in a block: {@code
 *     q_proj} and the like. They never reach the vision tower, some of whose layers have the same
 *     names
 * @param vision whether all linear layers of the vision tower get a branch, too, its merger's
 *     included
 * @param seed decides the first A and what dropout drops
 */
public record LoraConfig(
    int rank, double alpha, double dropout, List<String> targets, boolean vision, long seed) {

  /** Every linear layer in a block of the language model. */
  public static final List<String> ALL_TARGETS =
      List.of("q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj");

  public LoraConfig {
    targets = List.copyOf(targets);
    Check.positive("rank", rank);
    Check.positive("alpha", alpha);
    Check.that(dropout >= 0 && dropout < 1, "dropout is in [0, 1), found " + dropout);
    Check.that(
        Set.copyOf(ALL_TARGETS).containsAll(targets),
        "targets are among " + ALL_TARGETS + ", found " + targets);
    Check.that(
        vision || !targets.isEmpty(),
        "targets is empty and vision is off: nothing would be adapted");
  }

  /** All layers of the language model, no dropout, alpha twice the rank. */
  public static LoraConfig ofRank(int rank) {
    return new LoraConfig(rank, 2.0 * rank, 0, ALL_TARGETS, false, 0);
  }

  public LoraConfig withVision(boolean wanted) {
    return new LoraConfig(rank, alpha, dropout, targets, wanted, seed);
  }

  public LoraConfig withDropout(double wanted) {
    return new LoraConfig(rank, alpha, wanted, targets, vision, seed);
  }
}
