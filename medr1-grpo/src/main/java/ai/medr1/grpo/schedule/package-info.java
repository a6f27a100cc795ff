/** Pure functions of the step: the learning rate and the order of the data. */
@NullMarked
package ai.medr1.grpo.schedule;

import org.jspecify.annotations.NullMarked;
