package ai.medr1.core.image;

/**
 * One preprocessed image ({@code pixel_values}).
 *
 * @param values [patches, channels × temporal patch × patch × patch], row-major; the rows are in
 *     the order of the merged squares
 * @param grid the patch grid
 */
public record PixelValues(float[] values, GridThw grid) {}
