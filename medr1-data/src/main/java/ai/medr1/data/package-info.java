/** See the module's description. */
@NullMarked
package ai.medr1.data;

import org.jspecify.annotations.NullMarked;
