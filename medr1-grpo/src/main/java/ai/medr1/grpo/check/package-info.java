/** Short trainings that check themselves, for continuous integration. */
@NullMarked
package ai.medr1.grpo.check;

import org.jspecify.annotations.NullMarked;
