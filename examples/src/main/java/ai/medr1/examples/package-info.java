/** The command line and runnable examples. */
@NullMarked
package ai.medr1.examples;

import org.jspecify.annotations.NullMarked;
