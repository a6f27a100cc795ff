package ai.medr1.grpo.config;

import ai.medr1.core.config.LoraConfig;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.List;

/**
 * Low-rank adapters (Hu et al., arXiv 2106.09685), trained in place of the weights. The reference
 * policy is then the same model without them.
 *
 * @param rank of the matrices, 0 for no adapters
 * @param alpha the branches are scaled by alpha / rank
 * @param dropout share of the branches' inputs that training sets to zero
 * @param targets layers of the language model; {@code all-linear} alone is all of them and the
 *     vision tower, as in PEFT
 * @param vision adapt the linear layers of the vision tower, too
 */
@RecordBuilder
public record LoraOptions(
    int rank, double alpha, double dropout, List<String> targets, boolean vision)
    implements LoraOptionsBuilder.With {

  private static final String ALL_LINEAR = "all-linear";

  public LoraOptions {
    boolean all = targets.equals(List.of(ALL_LINEAR));
    targets = all ? LoraConfig.ALL_TARGETS : List.copyOf(targets);
    vision = vision || all;
    Check.notNegative("rank", rank);
    Check.positive("alpha", alpha);
    Check.share("dropout", dropout);
    Check.that(
        LoraConfig.ALL_TARGETS.containsAll(targets),
        "targets are all-linear, or among %s, found %s; vision: true adapts the tower's layers, and other layers cannot be trained as adapters"
            .formatted(LoraConfig.ALL_TARGETS, targets));
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
