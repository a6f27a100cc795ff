package ai.medr1.core.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * JPEG 2000 files and codestreams. Which samples become which levels is as in Pillow: gray of more
 * than 8 bits is a level of 16 bits that is clipped, colours keep their high bits.
 */
final class Jpeg2000 {
  private static final int SIZ = 0xFF51;
  private static final int CODESTREAM = 0xFF4F;
  private static final int SRGB = 16;
  private static final int GRAY = 17;

  private Jpeg2000() {}

  static SmartResize.Size size(byte[] file) throws IOException {
    int at = codestream(file);
    ByteBuffer bytes = ByteBuffer.wrap(file);
    if (file.length - at < 24 || (bytes.getShort(at + 2) & 0xFFFF) != SIZ) {
      throw new EOFException("its codestream has no size");
    }
    return new SmartResize.Size(
        bytes.getInt(at + 12) - bytes.getInt(at + 20),
        bytes.getInt(at + 8) - bytes.getInt(at + 16));
  }

  static ImageInfo.Samples samples(byte[] file) throws IOException {
    int at = codestream(file);
    if (file.length - at < 44) {
      throw new EOFException("its codestream has no size");
    }
    int count = ByteBuffer.wrap(file).getShort(at + 40);
    return ImageInfo.Samples.of(count, 1 + (file[at + 42] & 0x7F));
  }

  static Decoded decode(byte[] file) throws IOException {
    J2kCodestream image;
    try {
      image = J2kCodestream.decode(file, codestream(file));
    } catch (IndexOutOfBoundsException e) {
      throw new EOFException("it ends in the middle of its data");
    }
    return new Decoded(picture(image), 1);
  }

  /** Where the codestream begins. */
  private static int codestream(byte[] file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(file);
    if (file.length >= 2 && (bytes.getShort(0) & 0xFFFF) == CODESTREAM) {
      return 0;
    }
    for (int at = 0; at + 8 <= file.length; ) {
      long length = bytes.getInt(at) & 0xFFFFFFFFL;
      int header = 8;
      if (length == 1 && at + 16 <= file.length) {
        length = bytes.getLong(at + 8);
        header = 16;
      }
      String type = new String(file, at + 4, 4, StandardCharsets.ISO_8859_1);
      if (type.equals("jp2c")) {
        return at + header;
      } else if (type.equals("jp2h")) {
        checkHeader(bytes, at + header, at + (int) Math.min(length, file.length - at));
      }
      if (length < header || length > file.length - at) {
        break;
      }
      at += (int) length;
    }
    throw new EOFException("it has no codestream");
  }

  private static void checkHeader(ByteBuffer bytes, int from, int to) throws IOException {
    for (int at = from; at + 15 <= to; ) {
      int length = bytes.getInt(at);
      int type = bytes.getInt(at + 4);
      if (type == 0x636F6C72 && bytes.get(at + 8) == 1) { // colr
        int space = bytes.getInt(at + 11);
        if (space != SRGB && space != GRAY) {
          throw new IOException("its colour space is number " + space);
        }
      } else if (type == 0x70636C72) { // pclr
        throw new IOException("it has a palette");
      }
      if (length < 8) {
        return;
      }
      at += length;
    }
  }

  private static Picture picture(J2kCodestream image) throws IOException {
    int count = image.width() * image.height();
    int bands = image.components();
    if (bands < 1 || bands > 4) {
      throw new IOException("it has " + bands + " components");
    }
    byte[] rgb = new byte[3 * count];
    boolean gray = bands <= 2;
    for (int i = 0; i < rgb.length; i++) {
      int band = gray ? 0 : i % 3;
      rgb[i] = (byte) (bands == 1 ? single(image, i / 3) : level(image, band, i / 3));
    }
    if (bands == 1 || bands == 3) {
      return Picture.opaque(image.width(), image.height(), rgb);
    }
    byte[] alpha = new byte[count];
    for (int i = 0; i < count; i++) {
      alpha[i] = (byte) level(image, bands - 1, i);
    }
    return Picture.withAlpha(image.width(), image.height(), rgb, alpha);
  }

  private static int single(J2kCodestream image, int i) {
    int bits = image.bits(0);
    return bits <= 8
        ? level(image, 0, i)
        : Pixels.clip(image.unsigned(0, i) << Math.max(0, 16 - bits));
  }

  private static int level(J2kCodestream image, int band, int i) {
    int shift = 8 - image.bits(band);
    int value = image.unsigned(band, i);
    return shift < 0 ? value >> -shift : value << shift;
  }
}
