package ai.medr1.core.image;

import java.awt.color.ColorSpace;
import java.awt.image.BufferedImage;
import java.awt.image.ColorModel;
import java.awt.image.DataBuffer;
import java.awt.image.DirectColorModel;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.IOException;
import java.util.function.IntUnaryOperator;

/** Turns samples as they are in a file into RGB levels, with Pillow's integer arithmetic. */
final class Pixels {
  private Pixels() {}

  /** Writes the levels of the pixel whose samples begin at {@code at}. */
  interface ToRgb {
    void put(int[] samples, int at, int[] rgb);
  }

  /** The picture that a program holds in memory. */
  static Picture picture(BufferedImage image) throws IOException {
    ColorModel model = image.getColorModel();
    if (model instanceof IndexColorModel || model instanceof DirectColorModel) {
      return packed(image);
    }
    if (model.isAlphaPremultiplied()) {
      image.coerceData(false);
    }
    return components(image.getRaster(), image.getColorModel());
  }

  /** Palettes and packed RGB: already sRGB, so that nothing is converted on the way out. */
  private static Picture packed(BufferedImage image) {
    int width = image.getWidth();
    byte[] rgb = new byte[3 * width * image.getHeight()];
    byte[] alpha = new byte[width * image.getHeight()];
    int[] row = new int[width];
    for (int y = 0, to = 0; y < image.getHeight(); y++) {
      image.getRGB(0, y, width, 1, row, 0, width);
      for (int argb : row) {
        alpha[to / 3] = (byte) (argb >>> 24);
        for (int shift = 16; shift >= 0; shift -= 8) {
          rgb[to++] = (byte) (argb >> shift);
        }
      }
    }
    return Picture.withAlpha(width, image.getHeight(), rgb, alpha);
  }

  private static Picture components(Raster raster, ColorModel model) throws IOException {
    if (model.getTransferType() >= DataBuffer.TYPE_FLOAT) {
      throw new IOException("its samples are floating-point numbers, whose range is not known");
    }
    int shift = model.getComponentSize(0) == 16 ? 8 : 0;
    int bands = raster.getNumBands();
    int space = model.getColorSpace().getType();
    if (space == ColorSpace.TYPE_GRAY && bands == 1) {
      return gray(raster, Pixels::clip);
    }
    if (space == ColorSpace.TYPE_GRAY && bands == 2) {
      return grayAlpha(raster, shift);
    }
    if (space == ColorSpace.TYPE_RGB && bands == 3) {
      return colour(raster, shift);
    }
    if (space == ColorSpace.TYPE_RGB && bands == 4) {
      return colourAlpha(raster, shift);
    }
    throw new IOException("it has " + bands + " bands of " + model.getComponentSize(0) + " bits");
  }

  static Picture gray(Raster raster, IntUnaryOperator level) {
    return opaque(raster, map(raster, (s, at, rgb) -> gray(level.applyAsInt(s[at]), rgb)));
  }

  /** Gray and alpha, of which {@code shift} low bits are dropped. */
  static Picture grayAlpha(Raster raster, int shift) {
    byte[] rgb = map(raster, (s, at, out) -> gray(s[at] >> shift, out));
    return new Picture(
        raster.getWidth(), raster.getHeight(), rgb, band(raster, 1, shift), Picture.NO_KEY);
  }

  static Picture colour(Raster raster, int shift) {
    return opaque(raster, map(raster, (s, at, rgb) -> shifted(s, at, shift, rgb)));
  }

  static Picture colourAlpha(Raster raster, int shift) {
    byte[] rgb = map(raster, (s, at, out) -> shifted(s, at, shift, out));
    return new Picture(
        raster.getWidth(), raster.getHeight(), rgb, band(raster, 3, shift), Picture.NO_KEY);
  }

  /**
   * Indices into a palette.
   *
   * @param palette 0xRRGGBB of all 256 indices
   * @param alphas of all indices, or none
   * @param clear the index that a single transparent entry has, or -1
   */
  static Picture indexed(Raster raster, int[] palette, byte[] alphas, int clear) {
    byte[] rgb = map(raster, (s, at, out) -> unpack(palette[s[at] & 0xFF], out));
    if (alphas.length == 0) {
      return opaque(raster, rgb);
    }
    byte[] alpha = band(raster, 0, 0);
    for (int i = 0; i < alpha.length; i++) {
      alpha[i] = alphas[alpha[i] & 0xFF];
    }
    int key = clear < 0 ? Picture.NO_KEY : palette[clear & 0xFF];
    return new Picture(raster.getWidth(), raster.getHeight(), rgb, alpha, key);
  }

  /** The colours of all 256 indices; those beyond the palette of a file are black. */
  static int[] palette(byte[] entries, int bytes, boolean blueFirst) {
    int[] palette = new int[256];
    for (int i = 0; i < 256 && (i + 1) * bytes <= entries.length; i++) {
      int first = entries[i * bytes] & 0xFF;
      int second = entries[i * bytes + 1] & 0xFF;
      int third = entries[i * bytes + 2] & 0xFF;
      palette[i] =
          blueFirst ? third << 16 | second << 8 | first : first << 16 | second << 8 | third;
    }
    return palette;
  }

  private static Picture opaque(Raster raster, byte[] rgb) {
    return Picture.opaque(raster.getWidth(), raster.getHeight(), rgb);
  }

  private static byte[] band(Raster raster, int band, int shift) {
    int width = raster.getWidth();
    byte[] out = new byte[width * raster.getHeight()];
    int[] row = new int[width];
    for (int y = 0; y < raster.getHeight(); y++) {
      raster.getSamples(raster.getMinX(), raster.getMinY() + y, width, 1, band, row);
      for (int x = 0; x < width; x++) {
        out[y * width + x] = (byte) (row[x] >> shift);
      }
    }
    return out;
  }

  /** RGB of all pixels, [height, width, 3]. */
  static byte[] map(Raster raster, ToRgb toRgb) {
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
    return out;
  }

  private static void shifted(int[] samples, int at, int shift, int[] rgb) {
    rgb[0] = samples[at] >> shift;
    rgb[1] = samples[at + 1] >> shift;
    rgb[2] = samples[at + 2] >> shift;
  }

  private static void unpack(int colour, int[] rgb) {
    rgb[0] = colour >> 16;
    rgb[1] = colour >> 8 & 0xFF;
    rgb[2] = colour & 0xFF;
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

  static int overWhite(int level, int alpha) {
    return over255(level * alpha + 255 * (255 - alpha));
  }

  /** Division by 255 that rounds to the nearest. */
  static int over255(int value) {
    int rounded = value + 128;
    return ((rounded >> 8) + rounded) >> 8;
  }

  static int clip(int value) {
    return Math.max(0, Math.min(255, value));
  }
}
