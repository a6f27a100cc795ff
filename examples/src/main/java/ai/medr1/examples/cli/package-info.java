/** The {@code medr1} command line. */
@NullMarked
package ai.medr1.examples.cli;

import org.jspecify.annotations.NullMarked;
