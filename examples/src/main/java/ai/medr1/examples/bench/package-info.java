/** Benchmarks beside the peers' scripts. */
@NullMarked
package ai.medr1.examples.bench;

import org.jspecify.annotations.NullMarked;
