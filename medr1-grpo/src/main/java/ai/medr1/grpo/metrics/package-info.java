/** What a run reports: rows of metrics, sample completions, TensorBoard events, a progress bar. */
@NullMarked
package ai.medr1.grpo.metrics;

import org.jspecify.annotations.NullMarked;
