/** What a training run needs of memory, before it begins and afterwards. */
@NullMarked
package ai.medr1.core.memory;

import org.jspecify.annotations.NullMarked;
