package ai.medr1.core.image;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The EXIF orientation: how the stored rows and columns lie in the upright picture. */
final class Orientation {
  private static final int TAG = 0x0112;
  private static final int SHORT = 3;
  private static final int ENTRY_BYTES = 12;

  private Orientation() {}

  /**
   * The orientation in the first directory of TIFF-structured data, which EXIF is, too. Where there
   * is none, or it cannot be followed, the picture is taken as it is: 1.
   */
  static int ofTiff(byte[] file, int from, int length) {
    ByteBuffer tiff = ByteBuffer.wrap(file, from, length).slice();
    if (length < 8) {
      return 1;
    }
    tiff.order(tiff.get(0) == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    int directory = tiff.getInt(4);
    if (directory < 8 || directory > length - 2) {
      return 1;
    }
    int entries = tiff.getShort(directory) & 0xFFFF;
    return ofDirectory(
        tiff, directory + 2, Math.min(entries, (length - directory - 2) / ENTRY_BYTES));
  }

  private static int ofDirectory(ByteBuffer tiff, int from, int entries) {
    for (int at = from; at < from + entries * ENTRY_BYTES; at += ENTRY_BYTES) {
      if ((tiff.getShort(at) & 0xFFFF) == TAG && tiff.getShort(at + 2) == SHORT) {
        int value = tiff.getShort(at + 8);
        return value >= 1 && value <= 8 ? value : 1;
      }
    }
    return 1;
  }

  /** The upright picture. */
  static RgbImage turn(RgbImage image, int orientation) {
    if (orientation == 1) {
      return image;
    }
    boolean swapped = orientation >= 5;
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
