/** The architecture of a model as records that validate themselves. */
@NullMarked
package ai.medr1.core.config;

import org.jspecify.annotations.NullMarked;
