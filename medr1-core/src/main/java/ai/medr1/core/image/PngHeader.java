package ai.medr1.core.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/**
 * What the chunks of a PNG tell beyond its pixels.
 *
 * @param colorKey transparency, if any, is one transparent colour or palette entry and no alpha
 *     channel
 * @param orientation EXIF orientation, 1 to 8
 */
record PngHeader(boolean colorKey, int orientation) {
  private static final int SIGNATURE_BYTES = 8;
  private static final int COLOR_TYPE = SIGNATURE_BYTES + 8 + 9;
  private static final int PALETTE = 3;
  private static final int ALPHA = 4;

  /**
   * Walks all chunks and compares their checksums, which the decoder does not: a PNG that is cut
   * short or has a flipped bit is found here.
   */
  static PngHeader of(byte[] file) throws IOException {
    boolean colorKey = true;
    int orientation = 1;
    for (int at = SIGNATURE_BYTES; ; ) {
      int length = chunkLength(file, at);
      String type = new String(file, at + 4, 4, StandardCharsets.ISO_8859_1);
      switch (type) {
        case "IHDR" -> colorKey = length == 13 && (file[COLOR_TYPE] & ALPHA) == 0;
        case "tRNS" -> colorKey = file[COLOR_TYPE] != PALETTE || singleEntry(file, at + 8, length);
        case "eXIf" -> orientation = Orientation.ofTiff(file, at + 8, length);
        case "IEND" -> {
          return new PngHeader(colorKey, orientation);
        }
        default -> {}
      }
      at += length + 12;
    }
  }

  private static int chunkLength(byte[] file, int at) throws IOException {
    if (file.length - at < 12) {
      throw new EOFException("it ends at byte " + file.length + " without an IEND chunk");
    }
    int length = ByteBuffer.wrap(file).getInt(at);
    if (length < 0 || length > file.length - at - 12) {
      throw new EOFException(
          "the chunk at byte " + at + " goes beyond the end of the file, byte " + file.length);
    }
    checkSum(file, at, length);
    return length;
  }

  private static void checkSum(byte[] file, int at, int length) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(file, at + 4, length + 4);
    if ((int) crc.getValue() != ByteBuffer.wrap(file).getInt(at + 8 + length)) {
      throw new IOException("the checksum of the chunk at byte " + at + " is wrong");
    }
  }

  /** One palette entry is fully transparent and all others are opaque. */
  private static boolean singleEntry(byte[] file, int from, int count) {
    int clear = 0;
    int opaque = 0;
    for (int i = from; i < from + count; i++) {
      clear += file[i] == 0 ? 1 : 0;
      opaque += file[i] == -1 ? 1 : 0;
    }
    return clear == 1 && opaque == count - 1;
  }
}
