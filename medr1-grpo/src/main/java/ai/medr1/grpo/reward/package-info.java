/** What a completion is worth. */
@NullMarked
package ai.medr1.grpo.reward;

import org.jspecify.annotations.NullMarked;
