/** Images: decoding, resizing, patches. */
@NullMarked
package ai.medr1.core.image;

import org.jspecify.annotations.NullMarked;
