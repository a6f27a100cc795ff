/**
 * One step, from questions to gradients: a function of the weights, the items, the seed and the
 * number of the step. Trainers, benchmarks and whatever spreads a step over machines call the same
 * code; none of it knows of runs, files or logs.
 */
@NullMarked
package ai.medr1.grpo.step;

import org.jspecify.annotations.NullMarked;
