package ai.medr1.core.image;

import java.awt.image.Raster;
import java.io.IOException;
import java.util.Optional;
import java.util.regex.Pattern;

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

  static Decoded decode(byte[] file) throws IOException {
    JpegHeader header = JpegHeader.of(file);
    if (header.bits() != 8) {
      throw new IOException(
          "its samples have " + header.bits() + " bits, of which only 8 are read");
    }
    return new Decoded(rgb(raster(file), header.luma()), header.orientation());
  }

  /** The components as they are stored, upsampled but in no way converted. */
  static Raster raster(byte[] file) throws IOException {
    Damage damage = new Damage();
    Raster raster =
        Images.withReader(
            file,
            reader -> {
              reader.addIIOReadWarningListener((source, warning) -> damage.note(warning));
              return reader.readRaster(0, null);
            });
    damage.check();
    return raster;
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

  static Picture rgb(Raster raster, boolean luma) throws IOException {
    byte[] rgb =
        switch (raster.getNumBands()) {
          case 1 -> Pixels.map(raster, (samples, at, out) -> Pixels.gray(samples[at], out));
          case 3 -> Pixels.map(raster, luma ? Jpeg::fromLuma : Pixels::copy);
          case 4 -> Pixels.map(raster, (samples, at, out) -> fromInverted(samples, at, luma, out));
          default -> throw new IOException("it has " + raster.getNumBands() + " components");
        };
    return Picture.opaque(raster.getWidth(), raster.getHeight(), rgb);
  }

  static void fromLuma(int[] samples, int at, int[] rgb) {
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
