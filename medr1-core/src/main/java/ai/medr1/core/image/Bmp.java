package ai.medr1.core.image;

import java.awt.image.BufferedImage;
import java.awt.image.DataBuffer;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Set;

/** A Windows or OS/2 bitmap. The platform decodes its samples. */
final class Bmp {
  private static final int INFO = 14;
  private static final int OS2_HEADER = 12;
  private static final int OS2_LONG_HEADER = 64;
  private static final int WINDOWS_HEADER = 40;
  private static final int BITS = INFO + 14;
  private static final int COMPRESSION = INFO + 16;
  private static final int MASKS = INFO + 40;
  private static final int BITFIELDS = 3;

  private static final List<Integer> NO_MASKS = List.of(0, 0, 0, 0);
  private static final Set<List<Integer>> MASKS_OF_16 =
      Set.of(List.of(0xF800, 0x7E0, 0x1F), List.of(0x7C00, 0x3E0, 0x1F));
  private static final Set<List<Integer>> MASKS_OF_32 =
      Set.of(
          List.of(0xFF0000, 0xFF00, 0xFF, 0),
          List.of(0xFF000000, 0xFF0000, 0xFF00, 0),
          List.of(0xFF000000, 0xFF00, 0xFF, 0),
          List.of(0xFF000000, 0xFF0000, 0xFF00, 0xFF),
          List.of(0xFF, 0xFF00, 0xFF0000, 0xFF000000),
          List.of(0xFF0000, 0xFF00, 0xFF, 0xFF000000),
          List.of(0xFF000000, 0xFF00, 0xFF, 0xFF0000));

  private Bmp() {}

  static SmartResize.Size size(byte[] file) throws IOException {
    ByteBuffer bytes = header(file);
    return bytes.getInt(INFO) == OS2_HEADER
        ? new SmartResize.Size(bytes.getShort(20) & 0xFFFF, bytes.getShort(18) & 0xFFFF)
        : new SmartResize.Size(Math.abs(bytes.getInt(22)), bytes.getInt(18));
  }

  static ImageInfo.Samples samples(byte[] file) throws IOException {
    ByteBuffer bytes = header(file);
    int pixel = bytes.getShort(bytes.getInt(INFO) == OS2_HEADER ? 24 : BITS);
    if (pixel <= 8) {
      return new ImageInfo.Samples("P", pixel);
    }
    boolean alpha = bytes.getInt(INFO) != OS2_HEADER && hasAlpha(bytes);
    return ImageInfo.Samples.of(alpha ? 4 : 3, pixel == 16 ? 5 : 8);
  }

  static Decoded decode(byte[] file) throws IOException {
    byte[] usual = usual(file);
    ByteBuffer header = header(usual);
    checkMasks(header);
    BufferedImage image = Images.withReader(usual, reader -> reader.read(0));
    return new Decoded(picture(image, hasAlpha(header)), 1);
  }

  /** The same with a header that the decoder knows: that of OS/2 2 is one of Windows and a tail. */
  private static byte[] usual(byte[] file) throws IOException {
    ByteBuffer bytes = header(file);
    if (bytes.getInt(INFO) == OS2_LONG_HEADER && file.length > INFO + OS2_LONG_HEADER) {
      int tail = OS2_LONG_HEADER - WINDOWS_HEADER;
      byte[] shorter = new byte[file.length - tail];
      System.arraycopy(file, 0, shorter, 0, INFO + WINDOWS_HEADER);
      System.arraycopy(
          file,
          INFO + OS2_LONG_HEADER,
          shorter,
          INFO + WINDOWS_HEADER,
          file.length - INFO - OS2_LONG_HEADER);
      ByteBuffer changed = header(shorter);
      changed.putInt(10, bytes.getInt(10) - tail).putInt(INFO, WINDOWS_HEADER);
      return shorter;
    }
    if (hasMasks(bytes) && bytes.getShort(BITS) == 32 && masks(bytes).equals(NO_MASKS)) {
      byte[] masked = file.clone();
      ByteBuffer changed = header(masked);
      changed.putInt(MASKS, 0xFF0000).putInt(MASKS + 4, 0xFF00).putInt(MASKS + 8, 0xFF);
      changed.putInt(MASKS + 12, 0xFF000000);
      return masked;
    }
    return file;
  }

  private static boolean hasMasks(ByteBuffer bytes) {
    return bytes.getInt(INFO) != OS2_HEADER
        && bytes.getInt(COMPRESSION) == BITFIELDS
        && bytes.capacity() >= MASKS + 16;
  }

  private static List<Integer> masks(ByteBuffer bytes) {
    boolean alpha = bytes.getInt(INFO) >= 56;
    return List.of(
        bytes.getInt(MASKS),
        bytes.getInt(MASKS + 4),
        bytes.getInt(MASKS + 8),
        alpha ? bytes.getInt(MASKS + 12) : 0);
  }

  private static void checkMasks(ByteBuffer bytes) throws IOException {
    if (!hasMasks(bytes)) {
      return;
    }
    List<Integer> masks = masks(bytes);
    boolean known =
        switch (bytes.getShort(BITS)) {
          case 16 -> MASKS_OF_16.contains(masks.subList(0, 3));
          case 24 -> masks.subList(0, 3).equals(List.of(0xFF0000, 0xFF00, 0xFF));
          case 32 -> MASKS_OF_32.contains(masks);
          default -> false;
        };
    if (!known) {
      throw new IOException("the bits of its colours lie as in no BMP that Pillow reads");
    }
  }

  private static ByteBuffer header(byte[] file) throws IOException {
    if (file.length < INFO + 40) {
      throw new EOFException("it ends at byte " + file.length + " in its header");
    }
    return ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Alpha is what a mask of a long header says; the fourth byte of a pixel alone is padding. */
  private static boolean hasAlpha(ByteBuffer bytes) {
    return hasMasks(bytes) && bytes.getShort(BITS) == 32 && masks(bytes).get(3) != 0;
  }

  private static Picture picture(BufferedImage image, boolean alpha) throws IOException {
    Raster raster = image.getRaster();
    if (image.getColorModel() instanceof IndexColorModel model) {
      int[] palette = new int[256];
      int[] entries = new int[model.getMapSize()];
      model.getRGBs(entries);
      for (int i = 0; i < entries.length; i++) {
        palette[i] = entries[i] & 0xFFFFFF;
      }
      return Pixels.indexed(raster, palette, new byte[0], -1);
    }
    if (raster.getTransferType() == DataBuffer.TYPE_USHORT) {
      int[] bits = raster.getSampleModel().getSampleSize();
      byte[] rgb = Pixels.map(raster, (s, at, out) -> widened(s, at, bits, out));
      return Picture.opaque(raster.getWidth(), raster.getHeight(), rgb);
    }
    if (raster.getNumBands() == 1) {
      return Pixels.gray(raster, level -> level);
    }
    return alpha && raster.getNumBands() == 4
        ? Pixels.colourAlpha(raster, 0)
        : Pixels.colour(raster, 0);
  }

  /** Levels of 5 or 6 bits to 8 bits. */
  private static void widened(int[] samples, int at, int[] bits, int[] rgb) {
    for (int c = 0; c < 3; c++) {
      rgb[c] = samples[at + c] * 255 / ((1 << bits[c]) - 1);
    }
  }
}
