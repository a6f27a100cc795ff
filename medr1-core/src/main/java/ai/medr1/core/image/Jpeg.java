package ai.medr1.core.image;

import java.awt.image.Raster;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;
import javax.imageio.ImageReader;

/**
 * JPEG pixels. The platform decodes and upsamples the components; the colour conversion is
 * libjpeg's in its fixed-point form, and CMYK is taken to be inverted, as Pillow takes it. Reading
 * components keeps the platform's colour management, which would change levels, out of the way.
 */
final class Jpeg {
  /** Decoder warnings after which pixels are missing or invented; others are about metadata. */
  private static final Pattern DAMAGE =
      Pattern.compile("premature end|truncated|huffman|instead of RST", Pattern.CASE_INSENSITIVE);

  private static final int SCALE_BITS = 16;
  private static final int HALF = 1 << (SCALE_BITS - 1);
  private static final int RED_CR = fixed(1.40200);
  private static final int GREEN_CR = fixed(0.71414);
  private static final int GREEN_CB = fixed(0.34414);
  private static final int BLUE_CB = fixed(1.77200);

  private Jpeg() {}

  static RgbImage decode(ImageReader reader, JpegHeader header) throws IOException {
    Damage damage = new Damage();
    reader.addIIOReadWarningListener((source, warning) -> damage.note(warning));
    Raster raster = reader.readRaster(0, null);
    damage.check();
    return rgb(raster, header.luma());
  }

  private static final class Damage {
    private Optional<String> first = Optional.empty();

    void note(String warning) {
      if (first.isEmpty() && DAMAGE.matcher(warning).find()) {
        first = Optional.of(warning);
      }
    }

    void check() throws IOException {
      if (first.isPresent()) {
        throw new IOException(first.get());
      }
    }
  }

  private static RgbImage rgb(Raster raster, boolean luma) throws IOException {
    return switch (raster.getNumBands()) {
      case 1 -> Pixels.map(raster, (samples, at, rgb) -> Pixels.gray(samples[at], rgb));
      case 3 -> Pixels.map(raster, luma ? Jpeg::fromLuma : Pixels::copy);
      case 4 -> Pixels.map(raster, (samples, at, rgb) -> fromInverted(samples, at, luma, rgb));
      default -> throw new IOException("it has " + raster.getNumBands() + " components");
    };
  }

  private static void fromLuma(int[] samples, int at, int[] rgb) {
    int y = samples[at];
    int cb = samples[at + 1] - 128;
    int cr = samples[at + 2] - 128;
    rgb[0] = Pixels.clip(y + ((RED_CR * cr + HALF) >> SCALE_BITS));
    rgb[1] = Pixels.clip(y + ((-GREEN_CB * cb - GREEN_CR * cr + HALF) >> SCALE_BITS));
    rgb[2] = Pixels.clip(y + ((BLUE_CB * cb + HALF) >> SCALE_BITS));
  }

  /** Inverted CMYK, or YCCK, whose Y, Cb, Cr give the complement of the stored C, M, Y. */
  private static void fromInverted(int[] samples, int at, boolean luma, int[] rgb) {
    if (luma) {
      fromLuma(samples, at, rgb);
    } else {
      Pixels.copy(samples, at, rgb);
      for (int c = 0; c < 3; c++) {
        rgb[c] = 255 - rgb[c];
      }
    }
    Pixels.fromCmyk(rgb[0], rgb[1], rgb[2], 255 - samples[at + 3], rgb);
  }

  private static int fixed(double factor) {
    return (int) (factor * (1 << SCALE_BITS) + 0.5);
  }
}
