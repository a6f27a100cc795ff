/** What every other part of medr1 uses. */
@NullMarked
package ai.medr1.core;

import org.jspecify.annotations.NullMarked;
