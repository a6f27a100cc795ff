package ai.medr1.core.image;

/**
 * A picture and which way it lies.
 *
 * @param orientation of the stored rows and columns, 1 to 8
 */
record Decoded(Picture picture, int orientation) {}
