/** Medical visual questions: reading them, checking them, putting them into words. */
@NullMarked
package ai.medr1.data;

import org.jspecify.annotations.NullMarked;
