/** Studies: many trainings and evaluations as one matrix that can be interrupted. */
@NullMarked
package ai.medr1.grpo.experiment;

import org.jspecify.annotations.NullMarked;
