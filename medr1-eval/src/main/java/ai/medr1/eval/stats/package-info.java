/**
 * Statistics of counts and probabilities, each with its source. They know nothing of models and
 * items. Intervals are at the 95 % level, p-values two-sided.
 */
@NullMarked
package ai.medr1.eval.stats;

import org.jspecify.annotations.NullMarked;
