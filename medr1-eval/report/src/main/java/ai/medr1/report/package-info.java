/**
 * Reports: from the files of runs to one HTML page. Nothing here runs a model; whoever writes the
 * files may still be writing them.
 */
@NullMarked
package ai.medr1.report;

import org.jspecify.annotations.NullMarked;
