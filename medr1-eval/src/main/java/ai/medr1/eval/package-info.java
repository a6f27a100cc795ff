/** See the module's description. */
@NullMarked
package ai.medr1.eval;

import org.jspecify.annotations.NullMarked;
