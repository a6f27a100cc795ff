package ai.medr1.grpo.loss;

import ai.djl.ndarray.NDArray;
import java.util.Optional;

/**
 * What a policy loss sees of one micro-batch: B prompts, G completions each, L tokens at most. All
 * arrays are float32; the caller owns them.
 *
 * @param logps [B, G, L] log-probabilities of the completion tokens under the policy that is
 *     trained, 0 at padding; the loss is differentiated with respect to these
 * @param oldLogps [B, G, L] the same under the policy that drew the completions, without gradient
 * @param refLogps [B, G, L] the same under the reference, without gradient; empty where there is no
 *     reference
 * @param mask [B, G, L] 1 for the tokens of a completion, its end token included, 0 for padding
 * @param advantages [B, G]
 * @param step what the whole optimizer step holds
 */
public record PolicyBatch(
    NDArray logps,
    NDArray oldLogps,
    Optional<NDArray> refLogps,
    NDArray mask,
    NDArray advantages,
    StepSize step) {}
