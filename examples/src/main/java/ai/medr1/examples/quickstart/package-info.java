/** Trains a small model from phantoms to a report in a few minutes. */
@NullMarked
package ai.medr1.examples.quickstart;

import org.jspecify.annotations.NullMarked;
