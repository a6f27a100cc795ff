/** Evaluation: what a model answered, whether that is right, and how sure the accuracy is. */
@NullMarked
package ai.medr1.eval;

import org.jspecify.annotations.NullMarked;
