package ai.medr1.core.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DirectColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.function.IntBinaryOperator;

/** Turns samples as they are in a file into RGB levels, with Pillow's integer arithmetic. */
final class Pixels {
  private Pixels() {}

  /** Writes the levels of the pixel whose samples begin at {@code at}. */
  interface ToRgb {
    void put(int[] samples, int at, int[] rgb);
  }

  static RgbImage rgb(BufferedImage image, boolean dropAlpha) throws IOException {
    ColorModel model = image.getColorModel();
    IntBinaryOperator blend = dropAlpha ? (level, alpha) -> level : Pixels::overWhite;
    if (model instanceof IndexColorModel || model instanceof DirectColorModel) {
      return packed(image, blend);
    }
    if (model.isAlphaPremultiplied()) {
      image.coerceData(false);
    }
    return components(image.getRaster(), image.getColorModel(), blend);
  }

  /** Palettes and packed RGB: already sRGB, so that nothing is converted on the way out. */
  private static RgbImage packed(BufferedImage image, IntBinaryOperator blend) {
    int width = image.getWidth();
    byte[] rgb = new byte[3 * width * image.getHeight()];
    int[] row = new int[width];
    for (int y = 0, to = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int argb : row) {
        for (int shift = 16; shift >= 0; shift -= 8) {
          rgb[to++] = (byte) blend.applyAsInt((argb >> shift) & 0xFF, argb >>> 24);
        }
      }
    }
    return new RgbImage(width, image.getHeight(), rgb);
  }

  private static RgbImage components(Raster raster, ColorModel model, IntBinaryOperator blend)
      throws IOException {
    if (model.getTransferType() >= DataBuffer.TYPE_FLOAT) {
      throw new IOException("its samples are floating-point numbers, whose range is not known");
    }
    int shift = model.getComponentSize(0) == 16 ? 8 : 0;
    int bands = raster.getNumBands();
    int space = model.getColorSpace().getType();
    if (space == ColorSpace.TYPE_GRAY && bands == 1) {
      return map(raster, (s, at, rgb) -> gray(clip(s[at]), rgb));
    }
    if (space == ColorSpace.TYPE_GRAY && bands == 2) {
      return map(
          raster, (s, at, rgb) -> gray(blend.applyAsInt(s[at] >> shift, s[at + 1] >> shift), rgb));
    }
    if (space == ColorSpace.TYPE_RGB && bands == 3) {
      return map(raster, (s, at, rgb) -> blend(s, at, shift, 255 << shift, blend, rgb));
    }
    if (space == ColorSpace.TYPE_RGB && bands == 4) {
      return map(raster, (s, at, rgb) -> blend(s, at, shift, s[at + 3], blend, rgb));
    }
    if (space == ColorSpace.TYPE_CMYK && bands == 4 && shift == 0) {
      return map(raster, (s, at, rgb) -> fromCmyk(s[at], s[at + 1], s[at + 2], s[at + 3], rgb));
    }
    throw new IOException("it has " + bands + " bands of " + model.getComponentSize(0) + " bits");
  }

  private static void blend(
      int[] samples, int at, int shift, int alpha, IntBinaryOperator blend, int[] rgb) {
    for (int c = 0; c < 3; c++) {
      rgb[c] = blend.applyAsInt(samples[at + c] >> shift, alpha >> shift);
    }
  }

  static RgbImage map(Raster raster, ToRgb toRgb) {
    int width = raster.getWidth();
    int height = raster.getHeight();
    int bands = raster.getNumBands();
    byte[] out = new byte[3 * width * height];
    int[] samples = new int[width * bands];
    int[] rgb = new int[3];
    for (int y = 0, to = 0; y < height; y++) {
      raster.getPixels(raster.getMinX(), raster.getMinY() + y, width, 1, samples);
      for (int at = 0; at < samples.length; at += bands) {
        toRgb.put(samples, at, rgb);
        out[to++] = (byte) rgb[0];
        out[to++] = (byte) rgb[1];
        out[to++] = (byte) rgb[2];
      }
    }
    return new RgbImage(width, height, out);
  }

  static void copy(int[] samples, int at, int[] rgb) {
    System.arraycopy(samples, at, rgb, 0, 3);
  }

  static void gray(int level, int[] rgb) {
    rgb[0] = level;
    rgb[1] = level;
    rgb[2] = level;
  }

  /**
   * The naive conversion: paper white, less the black ink, less the colour inks in what remains.
   */
  static void fromCmyk(int cyan, int magenta, int yellow, int black, int[] rgb) {
    int light = 255 - black;
    rgb[0] = clip(light - over255(cyan * light));
    rgb[1] = clip(light - over255(magenta * light));
    rgb[2] = clip(light - over255(yellow * light));
  }

  private static int overWhite(int level, int alpha) {
    return over255(level * alpha + 255 * (255 - alpha));
  }

  /** Division by 255 that rounds to the nearest. */
  private static int over255(int value) {
    int rounded = value + 128;
    return ((rounded >> 8) + rounded) >> 8;
  }

  static int clip(int value) {
    return Math.max(0, Math.min(255, value));
  }
}
