package ai.medr1.core.image;

/**
 * What the header of an image tells.
 *
 * @param format named as by Pillow: {@code PNG}, {@code JPEG}, {@code JPEG2000}, {@code DICOM}
 * @param width in pixels, upright
 * @param height in pixels, upright
 * @param mode what a pixel is made of, named as by Pillow where it has a name for it: {@code L}
 *     gray, {@code P} an entry of a palette, {@code RGB}, {@code A} behind it for alpha, {@code
 *     CMYK}, {@code LAB}
 * @param bits of a sample, as the file says
 * @param orientation of the stored rows and columns, 1 to 8; 1 is upright
 */
public record ImageInfo(
    String format, int width, int height, String mode, int bits, int orientation) {

  /** What the samples of a format are. */
  record Samples(String mode, int bits) {

    /** By how many there are of them. */
    static Samples of(int count, int bits) {
      return new Samples(
          switch (count) {
            case 1 -> "L";
            case 2 -> "LA";
            case 3 -> "RGB";
            default -> "RGBA";
          },
          bits);
    }
  }
}
