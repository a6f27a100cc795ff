package ai.medr1.core.image;

import ai.medr1.core.InputException;

/**
 * The size that an image is resized to: both sides multiples of a factor, the number of pixels in a
 * range where the factor allows it, the aspect ratio kept as nearly as that permits. The arithmetic
 * is that of the reference, in doubles and with halves rounded to even.
 */
public final class SmartResize {
  private static final int MAX_ASPECT_RATIO = 200;

  private SmartResize() {}

  /** The sides of an image in pixels. */
  public record Size(int height, int width) {}

  /**
   * The size to resize to.
   *
   * @param factor patch size times merge size, in pixels
   * @throws InputException when a side is not positive or one is more than 200 times the other, or
   *     the image would be enlarged beyond any image that is read
   */
  public static Size of(int height, int width, int factor, long minPixels, long maxPixels) {
    checkRatio(height, width);
    double pixels = (double) height * width;
    double nearestHeight = Math.rint((double) height / factor) * factor;
    double nearestWidth = Math.rint((double) width / factor) * factor;
    if (nearestHeight * nearestWidth > maxPixels) {
      double shrink = Math.sqrt(pixels / maxPixels);
      return new Size(
          atMost(height / shrink / factor, factor), atMost(width / shrink / factor, factor));
    }
    if (nearestHeight * nearestWidth < minPixels) {
      checkLargest(minPixels);
      double grow = Math.sqrt(minPixels / pixels);
      return new Size(
          atLeast(height * grow / factor, factor), atLeast(width * grow / factor, factor));
    }
    return new Size((int) nearestHeight, (int) nearestWidth);
  }

  private static void checkRatio(int height, int width) {
    int shorter = Math.min(height, width);
    if (shorter < 1 || (double) Math.max(height, width) / shorter > MAX_ASPECT_RATIO) {
      throw new InputException(
          "an image cannot be resized for the model: expected positive sides, one at most "
              + MAX_ASPECT_RATIO
              + " times the other, found "
              + width
              + "x"
              + height
              + " (width x height); crop or pad it");
    }
  }

  private static void checkLargest(long minPixels) {
    if (minPixels > Images.MAX_PIXELS) {
      throw new InputException(
          "an image cannot be enlarged for the model: expected at most %d pixels, found minPixels %d; lower minPixels"
              .formatted(Images.MAX_PIXELS, minPixels));
    }
  }

  private static int atMost(double units, int factor) {
    return Math.max(factor, (int) Math.floor(units) * factor);
  }

  private static int atLeast(double units, int factor) {
    return (int) Math.ceil(units) * factor;
  }
}
