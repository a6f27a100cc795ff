/** JMH benchmarks of what is computed in Java: {@code scripts/bench/jmh}. */
@NullMarked
package ai.medr1.examples.jmh;

import org.jspecify.annotations.NullMarked;
