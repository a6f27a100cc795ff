package ai.medr1.core.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.OptionalInt;

/** The EXIF orientation: how the stored rows and columns lie in the upright picture. */
final class Orientation {
  private static final String EXIF_HEADER = "Exif\0\0";
  private static final int TAG = 0x0112;

  /** An entry that is there but is no number, such as bytes: XMP is not asked then. */
  private static final OptionalInt NO_NUMBER = OptionalInt.of(0);

  private Orientation() {}

  /** EXIF less the header "Exif\0\0", which some programs write twice, others not at all. */
  static byte[] withoutHeader(byte[] block, int most) {
    byte[] header = EXIF_HEADER.getBytes(StandardCharsets.ISO_8859_1);
    int at = 0;
    for (int i = 0; i < most && startsWith(block, at, header); i++) {
      at += header.length;
    }
    return Arrays.copyOfRange(block, at, block.length);
  }

  private static boolean startsWith(byte[] block, int at, byte[] start) {
    return block.length - at >= start.length
        && Arrays.equals(block, at, at + start.length, start, 0, start.length);
  }

  /**
   * The orientation that the first directory of TIFF-structured data tells, which EXIF is, too;
   * empty where it has no such entry or cannot be followed.
   *
   * @param bigAllowed whether the form with 64-bit offsets is read; in EXIF it is none
   */
  static OptionalInt inDirectory(byte[] file, boolean bigAllowed) {
    if (file.length < 8) {
      return OptionalInt.empty();
    }
    ByteBuffer tiff = ByteBuffer.wrap(file);
    tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    boolean big = tiff.getShort(2) == 43;
    if (big && !bigAllowed) {
      return OptionalInt.empty();
    }
    try {
      int directory = Math.toIntExact(big ? tiff.getLong(8) : tiff.getInt(4) & 0xFFFFFFFFL);
      return inEntries(tiff, directory, big);
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      return OptionalInt.empty();
    }
  }

  private static OptionalInt inEntries(ByteBuffer tiff, int directory, boolean big) {
    long entries = big ? tiff.getLong(directory) : tiff.getShort(directory) & 0xFFFF;
    int at = directory + (big ? 8 : 2);
    for (long i = 0; i < entries; i++, at += big ? 20 : 12) {
      long count = big ? tiff.getLong(at + 4) : tiff.getInt(at + 4) & 0xFFFFFFFFL;
      if ((tiff.getShort(at) & 0xFFFF) == TAG && count > 0) {
        return count == 1 ? value(tiff, tiff.getShort(at + 2), at + (big ? 12 : 8)) : NO_NUMBER;
      }
    }
    return OptionalInt.empty();
  }

  /** A value of count 1; the types are those of TIFF. */
  private static OptionalInt value(ByteBuffer tiff, int type, int at) {
    return switch (type) {
      case 1, 2, 7 -> NO_NUMBER;
      case 3 -> OptionalInt.of(tiff.getShort(at) & 0xFFFF);
      case 6 -> OptionalInt.of(tiff.get(at));
      case 8 -> OptionalInt.of(tiff.getShort(at));
      case 4, 9, 13 -> OptionalInt.of(tiff.getInt(at));
      case 11 -> whole(tiff.getFloat(at));
      default -> OptionalInt.empty();
    };
  }

  private static OptionalInt whole(float value) {
    return value == (int) value ? OptionalInt.of((int) value) : NO_NUMBER;
  }

  /** Whether an orientation exchanges width and height. */
  static boolean swaps(int orientation) {
    return orientation >= 5;
  }

  /** The upright picture. */
  static RgbImage turn(RgbImage image, int orientation) {
    if (orientation == 1) {
      return image;
    }
    boolean swapped = swaps(orientation);
    int width = swapped ? image.height() : image.width();
    int height = swapped ? image.width() : image.height();
    // Where the first stored row or column lies: 3, 4, 7 and 8, or 2, 3, 6 and 7.
    boolean flipY = orientation == 3 || orientation == 4 || orientation == 7 || orientation == 8;
    boolean flipX = orientation == 2 || orientation == 3 || orientation == 6 || orientation == 7;
    byte[] turned = new byte[image.rgb().length];
    for (int y = 0, to = 0; y < height; y++) {
      int v = flipY ? height - 1 - y : y;
      for (int x = 0; x < width; x++, to += 3) {
        int u = flipX ? width - 1 - x : x;
        int from = 3 * (swapped ? u * image.width() + v : v * image.width() + u);
        System.arraycopy(image.rgb(), from, turned, to, 3);
      }
    }
    return new RgbImage(width, height, turned);
  }
}
