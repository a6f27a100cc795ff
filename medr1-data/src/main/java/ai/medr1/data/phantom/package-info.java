/** Drawn stand-ins for medical images, with questions whose answers are known. */
@NullMarked
package ai.medr1.data.phantom;

import org.jspecify.annotations.NullMarked;
