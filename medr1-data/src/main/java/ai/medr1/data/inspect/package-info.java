/**
 * What medr1 sees of a path: an image, a checkpoint, an adapter or data, as facts in JSON or as
 * text.
 */
@NullMarked
package ai.medr1.data.inspect;

import org.jspecify.annotations.NullMarked;
