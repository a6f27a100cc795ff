/**
 * What {@code scripts/jshell} and notebooks import: the way from data to a figure in one line each.
 */
@NullMarked
package ai.medr1.examples.shell;

import org.jspecify.annotations.NullMarked;
