/** Figures of a report: heat maps, curves, bars with intervals, as SVG and PNG. */
@NullMarked
package ai.medr1.report.internal.figure;

import org.jspecify.annotations.NullMarked;
