/**
 * How an answer is compared with the right one: texts by several scores, letters leniently. What
 * rewards training and what evaluation counts is computed here alone.
 */
@NullMarked
package ai.medr1.eval.text;

import org.jspecify.annotations.NullMarked;
