/** From rewards to the gradient of the log-probabilities: advantages and policy losses. */
@NullMarked
package ai.medr1.grpo.loss;

import org.jspecify.annotations.NullMarked;
