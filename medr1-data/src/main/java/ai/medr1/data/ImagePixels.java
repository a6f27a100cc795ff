package ai.medr1.data;

import ai.medr1.core.image.RgbImage;
import ai.medr1.core.image.SmartResize;

/** An image whose pixels a program holds in memory. */
final class ImagePixels extends ImageInMemory {
  private final RgbImage pixels;
  private final boolean clipped;

  /**
   * Takes pixels.
   *
   * @param clipped as {@link VqaImage#isClipped}
   */
  ImagePixels(String name, String identity, RgbImage pixels, boolean clipped) {
    super(name, identity);
    this.pixels = pixels;
    this.clipped = clipped;
  }

  @Override
  public RgbImage read() {
    return pixels;
  }

  @Override
  public SmartResize.Size size() {
    return new SmartResize.Size(pixels.height(), pixels.width());
  }

  @Override
  public boolean isClipped() {
    return clipped;
  }
}
