/** See the module's description. */
@NullMarked
package ai.medr1.grpo;

import org.jspecify.annotations.NullMarked;
