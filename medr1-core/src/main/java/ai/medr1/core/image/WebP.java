package ai.medr1.core.image;

import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A WebP, lossless or lossy; of an animation the first frame on its canvas. The library gets the
 * bits of one frame without anything around them.
 */
final class WebP {
  private static final int FIRST_CHUNK = 12;
  private static final int HAS_ALPHA = 0x10;

  private final byte[] file;
  private final ByteBuffer bytes;
  private final Metadata metadata = new Metadata();
  private byte[] alphaChunk = {};
  private byte[] bits = {};
  private boolean lossless;
  private boolean extended;
  private boolean animated;
  private boolean hasAlpha;
  private int width;
  private int height;
  private int left;
  private int top;
  private int frameWidth;
  private int frameHeight;

  private WebP(byte[] file) {
    this.file = file;
    this.bytes = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }

  static SmartResize.Size size(byte[] head) throws IOException {
    WebP webp = parsed(head, false);
    return new SmartResize.Size(webp.height, webp.width);
  }

  static ImageInfo.Samples samples(byte[] head) throws IOException {
    return ImageInfo.Samples.of(parsed(head, false).hasAlpha ? 4 : 3, 8);
  }

  static int orientation(byte[] head) throws IOException {
    return parsed(head, false).metadata.orientation();
  }

  static Decoded decode(byte[] file) throws IOException {
    WebP webp = parsed(file, true);
    return new Decoded(webp.picture(), webp.metadata.orientation());
  }

  private static WebP parsed(byte[] file, boolean whole) throws IOException {
    WebP webp = new WebP(file);
    try {
      webp.parse(whole);
    } catch (IndexOutOfBoundsException | IllegalArgumentException e) {
      throw new EOFException("it ends at byte " + file.length + " in the middle of a chunk");
    }
    if (webp.width == 0 || (whole && webp.bits.length == 0)) {
      throw new EOFException("it ends at byte " + file.length + " before its picture");
    }
    return webp;
  }

  private void parse(boolean whole) throws EOFException {
    long end = Math.min(file.length, 8 + (bytes.getInt(4) & 0xFFFFFFFFL));
    for (int at = FIRST_CHUNK; at + 8 <= end; ) {
      String type = new String(file, at, 4, StandardCharsets.ISO_8859_1);
      int length = bytes.getInt(at + 4);
      if (length < 0 || length > file.length - at - 8) {
        if (whole) {
          throw new EOFException("its chunk " + type.trim() + " goes beyond the end of the file");
        }
        length = file.length - at - 8;
      }
      chunk(type, at + 8, length);
      at += 8 + length + length % 2;
    }
  }

  private void chunk(String type, int at, int length) {
    switch (type) {
      case "VP8X" -> {
        extended = true;
        hasAlpha = (bytes.get(at) & HAS_ALPHA) != 0;
        width = 1 + uint24(at + 4);
        height = 1 + uint24(at + 7);
      }
      case "ANMF" -> frame(at, length);
      case "ALPH", "VP8 ", "VP8L" -> still(type, at, length);
      case "EXIF" -> metadata.setExif(part(at, length));
      case "XMP " -> metadata.setXmp(part(at, length));
      default -> {}
    }
  }

  private void frame(int at, int length) {
    if (animated) {
      return;
    }
    animated = true;
    left = 2 * uint24(at);
    top = 2 * uint24(at + 3);
    for (int inner = at + 16; inner + 8 <= at + length; ) {
      String type = new String(file, inner, 4, StandardCharsets.ISO_8859_1);
      int size = Math.min(bytes.getInt(inner + 4), at + length - inner - 8);
      still(type, inner + 8, size);
      inner += 8 + size + size % 2;
    }
  }

  private void still(String type, int at, int length) {
    if (bits.length > 0) {
      return;
    }
    switch (type) {
      case "ALPH" -> alphaChunk = part(at, length);
      case "VP8 " -> {
        bits = part(at, length);
        frameWidth = bytes.getShort(at + 6) & 0x3FFF;
        frameHeight = bytes.getShort(at + 8) & 0x3FFF;
      }
      case "VP8L" -> {
        bits = part(at, length);
        lossless = true;
        int sizes = bytes.getInt(at + 1);
        frameWidth = 1 + (sizes & 0x3FFF);
        frameHeight = 1 + (sizes >> 14 & 0x3FFF);
        hasAlpha |= !extended && (sizes >> 28 & 1) != 0;
      }
      default -> {}
    }
    if (!extended) {
      width = frameWidth;
      height = frameHeight;
    }
  }

  private int uint24(int at) {
    return (bytes.getShort(at) & 0xFFFF) | (bytes.get(at + 2) & 0xFF) << 16;
  }

  private byte[] part(int at, int length) {
    return Arrays.copyOfRange(file, at, at + length);
  }

  private Picture picture() throws IOException {
    if (left + frameWidth > width || top + frameHeight > height) {
      throw new IOException("its first frame does not fit on its canvas");
    }
    Picture frame = Pixels.picture(decoded());
    Picture canvas = animated ? onCanvas(frame) : frame;
    return hasAlpha ? canvas : Picture.opaque(canvas.width(), canvas.height(), canvas.rgb());
  }

  private BufferedImage decoded() throws IOException {
    try {
      return Images.withReader(single(), reader -> reader.read(0));
    } catch (LinkageError e) {
      throw new IOException("there is no WebP library for this platform", e);
    }
  }

  /** A file of one frame. */
  private byte[] single() {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes("WEBP".getBytes(StandardCharsets.ISO_8859_1));
    if (alphaChunk.length > 0) {
      ByteBuffer header = ByteBuffer.allocate(10).order(ByteOrder.LITTLE_ENDIAN).putInt(HAS_ALPHA);
      header.putInt(frameWidth - 1).position(7);
      header.put((byte) (frameHeight - 1)).putShort((short) ((frameHeight - 1) >> 8));
      put(body, "VP8X", header.array());
      put(body, "ALPH", alphaChunk);
    }
    put(body, lossless ? "VP8L" : "VP8 ", bits);
    ByteArrayOutputStream riff = new ByteArrayOutputStream();
    put(riff, "RIFF", body.toByteArray());
    return riff.toByteArray();
  }

  private static void put(ByteArrayOutputStream out, String type, byte[] data) {
    ByteBuffer header = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN);
    header.put(type.getBytes(StandardCharsets.ISO_8859_1)).putInt(data.length);
    out.writeBytes(header.array());
    out.writeBytes(data);
    if (data.length % 2 != 0) {
      out.write(0);
    }
  }

  /** The canvas is transparent black where the frame does not lie. */
  private Picture onCanvas(Picture frame) {
    byte[] rgb = new byte[3 * width * height];
    byte[] alpha = new byte[width * height];
    for (int y = 0; y < frame.height(); y++) {
      int to = (top + y) * width + left;
      System.arraycopy(frame.rgb(), 3 * y * frame.width(), rgb, 3 * to, 3 * frame.width());
      if (frame.alpha().length > 0) {
        System.arraycopy(frame.alpha(), y * frame.width(), alpha, to, frame.width());
      } else {
        Arrays.fill(alpha, to, to + frame.width(), (byte) -1);
      }
    }
    return Picture.withAlpha(width, height, rgb, alpha);
  }
}
