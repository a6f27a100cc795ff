package ai.medr1.core.image;

/**
 * A decoded picture.
 *
 * @param rgb [height, width, 3] bytes, row-major
 */
public record RgbImage(int width, int height, byte[] rgb) {
  public RgbImage {
    if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
      throw new IllegalArgumentException(
          "an image of " + width + "x" + height + " has 3 bytes a pixel, found " + rgb.length);
    }
  }
}
