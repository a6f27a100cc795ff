package ai.medr1.core.image;

import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * A PNG. The platform decodes its samples from a copy without anything but size, palette and data,
 * so that neither gamma nor transparency is applied on the way.
 */
final class Png {
  private static final int SIGNATURE_BYTES = 8;
  private static final int GRAY = 0;
  private static final int COLOUR = 2;
  private static final int PALETTE = 3;
  private static final int GRAY_ALPHA = 4;
  private static final int COLOUR_ALPHA = 6;

  /** Texts that unpack to more are no orientation. */
  private static final int MAX_TEXT = 1 << 22;

  private final byte[] file;
  private final Metadata metadata = new Metadata();
  private final ByteArrayOutputStream plain = new ByteArrayOutputStream();
  private byte[] palette = {};
  private byte[] transparency = {};
  private boolean hasTransparency;

  private Png(byte[] file) {
    this.file = file;
  }

  static SmartResize.Size size(byte[] file) throws IOException {
    if (file.length < SIGNATURE_BYTES + 16) {
      throw new EOFException("it ends at byte " + file.length + " before its size");
    }
    ByteBuffer bytes = ByteBuffer.wrap(file);
    return new SmartResize.Size(bytes.getInt(20), bytes.getInt(16));
  }

  static ImageInfo.Samples samples(byte[] file) {
    int bits = file[24];
    return switch (file[25]) {
      case GRAY -> ImageInfo.Samples.of(1, bits);
      case PALETTE -> new ImageInfo.Samples("P", bits);
      case GRAY_ALPHA -> ImageInfo.Samples.of(2, bits);
      case COLOUR_ALPHA -> ImageInfo.Samples.of(4, bits);
      default -> ImageInfo.Samples.of(3, bits);
    };
  }

  static Decoded decode(byte[] file) throws IOException {
    Png png = new Png(file);
    png.walk();
    return new Decoded(png.picture(), png.metadata.orientation());
  }

  /** The orientation that the chunks at hand tell; further ones may be cut off. */
  static int orientation(byte[] head) {
    Png png = new Png(head);
    try {
      png.walk();
    } catch (IOException e) {
      // The rest is not at hand.
    }
    return png.metadata.orientation();
  }

  /**
   * Walks all chunks and compares their checksums, which the decoder does not: a PNG that is cut
   * short or has a flipped bit is found here.
   */
  private void walk() throws IOException {
    plain.write(file, 0, SIGNATURE_BYTES);
    for (int at = SIGNATURE_BYTES; ; ) {
      int length = chunkLength(at);
      String type = new String(file, at + 4, 4, StandardCharsets.ISO_8859_1);
      byte[] body = Arrays.copyOfRange(file, at + 8, at + 8 + length);
      switch (type) {
        case "IHDR", "PLTE", "IDAT", "IEND" -> plain.write(file, at, length + 12);
        case "tRNS" -> setTransparency(body);
        case "eXIf" -> metadata.setExif(body);
        case "tEXt" -> text(body, false);
        case "zTXt" -> text(body, true);
        case "iTXt" -> internationalText(body);
        default -> {}
      }
      if (type.equals("PLTE")) {
        palette = body;
      } else if (type.equals("IEND")) {
        return;
      }
      at += length + 12;
    }
  }

  private void setTransparency(byte[] body) {
    transparency = body;
    hasTransparency = true;
  }

  private int chunkLength(int at) throws IOException {
    if (file.length - at < 12) {
      throw new EOFException("it ends at byte " + file.length + " without an IEND chunk");
    }
    int length = ByteBuffer.wrap(file).getInt(at);
    if (length < 0 || length > file.length - at - 12) {
      throw new EOFException(
          "the chunk at byte " + at + " goes beyond the end of the file, byte " + file.length);
    }
    checkSum(at, length);
    return length;
  }

  private void checkSum(int at, int length) throws IOException {
    CRC32 crc = new CRC32();
    crc.update(file, at + 4, length + 4);
    if ((int) crc.getValue() != ByteBuffer.wrap(file).getInt(at + 8 + length)) {
      throw new IOException("the checksum of the chunk at byte " + at + " is wrong");
    }
  }

  private void text(byte[] body, boolean packed) {
    int end = indexOfZero(body, 0);
    String keyword = new String(body, 0, end, StandardCharsets.ISO_8859_1);
    int from = Math.min(end + 1 + (packed ? 1 : 0), body.length);
    byte[] text = Arrays.copyOfRange(body, from, body.length);
    metadata.setText(
        keyword, new String(packed ? inflate(text) : text, StandardCharsets.ISO_8859_1));
  }

  /** Keyword, flag, method, language, translated keyword, text. */
  private void internationalText(byte[] body) {
    int end = indexOfZero(body, 0);
    int language = end + 3;
    int translated = indexOfZero(body, language) + 1;
    int from = indexOfZero(body, translated) + 1;
    if (from > body.length || (body[end + 1] != 0 && body[end + 2] != 0)) {
      return;
    }
    byte[] text = Arrays.copyOfRange(body, from, body.length);
    byte[] unpacked = body[end + 1] != 0 ? inflate(text) : text;
    String keyword = new String(body, 0, end, StandardCharsets.ISO_8859_1);
    if (keyword.equals("XML:com.adobe.xmp")) {
      metadata.setXmp(unpacked);
    }
    metadata.setText(keyword, new String(unpacked, StandardCharsets.UTF_8));
  }

  private static int indexOfZero(byte[] body, int from) {
    int at = Math.min(from, body.length);
    while (at < body.length && body[at] != 0) {
      at++;
    }
    return at;
  }

  private static byte[] inflate(byte[] packed) {
    Inflater inflater = new Inflater();
    try {
      inflater.setInput(packed);
      byte[] buffer = new byte[MAX_TEXT];
      int length = inflater.inflate(buffer);
      return Arrays.copyOf(buffer, inflater.finished() ? length : 0);
    } catch (DataFormatException e) {
      return new byte[0];
    } finally {
      inflater.end();
    }
  }

  private Picture picture() throws IOException {
    int bits = file[SIGNATURE_BYTES + 16];
    int type = file[SIGNATURE_BYTES + 17];
    Raster raster = Images.withReader(plain.toByteArray(), r -> r.read(0).getRaster());
    int high = bits == 16 ? 8 : 0;
    return switch (type) {
      case GRAY -> gray(raster, bits);
      case COLOUR -> keyed(Pixels.colour(raster, high), colourKey());
      case PALETTE -> Pixels.indexed(raster, entries(), alphas(), simpleEntry());
      case GRAY_ALPHA -> Pixels.grayAlpha(raster, high);
      case COLOUR_ALPHA -> Pixels.colourAlpha(raster, high);
      default -> throw new IOException("its colour type is " + type);
    };
  }

  private Picture gray(Raster raster, int bits) {
    int scale = bits < 8 ? 255 / ((1 << bits) - 1) : 1;
    Picture picture = Pixels.gray(raster, level -> Pixels.clip(level * scale));
    if (!hasTransparency || transparency.length < 2) {
      return picture;
    }
    int level = ByteBuffer.wrap(transparency).getShort() & 0xFFFF;
    if (bits == 16) {
      return wideKeyed(picture, level);
    }
    int key = bits == 1 && level != 0 ? 255 : level;
    return keyed(picture, key > 255 ? Picture.NO_KEY : key * 0x10101);
  }

  /**
   * Pillow compares a transparent level of 16 bits with the clipped ones; and where it has made RGB
   * of them before, it takes the level for one of red, with no green and no blue.
   */
  private static Picture wideKeyed(Picture picture, int level) {
    byte[] alpha = new byte[picture.width() * picture.height()];
    for (int i = 0; i < alpha.length; i++) {
      alpha[i] = (byte) ((picture.rgb()[3 * i] & 0xFF) == level ? 0 : 255);
    }
    return new Picture(
        picture.width(), picture.height(), picture.rgb(), alpha, level == 0 ? 0 : Picture.NO_KEY);
  }

  private static Picture keyed(Picture picture, int key) {
    return key == Picture.NO_KEY ? picture : picture.withKey(key);
  }

  /** The transparent colour; one that no level of 8 bits can be is none. */
  private int colourKey() {
    if (!hasTransparency || transparency.length < 6) {
      return Picture.NO_KEY;
    }
    int key = 0;
    for (int c = 0; c < 6; c += 2) {
      if (transparency[c] != 0) {
        return Picture.NO_KEY;
      }
      key = key << 8 | (transparency[c + 1] & 0xFF);
    }
    return key;
  }

  private int[] entries() {
    return Pixels.palette(palette, 3, false);
  }

  private byte[] alphas() {
    if (!hasTransparency) {
      return new byte[0];
    }
    byte[] alphas = new byte[256];
    Arrays.fill(alphas, (byte) -1);
    System.arraycopy(transparency, 0, alphas, 0, Math.min(256, transparency.length));
    return alphas;
  }

  /** The one palette entry that is transparent, all others being opaque; else -1. */
  private int simpleEntry() {
    int entry = -1;
    for (int i = 0; i < transparency.length; i++) {
      if (transparency[i] == 0 && entry < 0) {
        entry = i;
      } else if (transparency[i] != -1) {
        return -1;
      }
    }
    return entry;
  }
}
