package ai.medr1.core.image;

import java.awt.image.Raster;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.function.IntUnaryOperator;

/**
 * The first page of a TIFF or BigTIFF.
 *
 * <p>The library unpacks the samples from a copy whose directory calls them plain levels, so that
 * it neither inverts nor normalises nor converts them; what they mean is told here, and is what
 * Pillow takes them to mean. Combinations that Pillow does not read are refused.
 */
final class Tiff {
  private static final int WIDTH = 256;
  private static final int HEIGHT = 257;
  private static final int BITS = 258;
  private static final int COMPRESSION = 259;
  private static final int PHOTOMETRIC = 262;
  private static final int SAMPLES = 277;
  private static final int PLANAR = 284;
  private static final int COLOUR_MAP = 320;
  private static final int EXTRA = 338;
  private static final int FORMAT = 339;
  private static final int XMP = 700;

  private static final int WHITE_IS_ZERO = 0;
  private static final int BLACK_IS_ZERO = 1;
  private static final int RGB = 2;
  private static final int PALETTE = 3;
  private static final int CMYK = 5;
  private static final int YCBCR = 6;

  private static final int LAB = 8;

  private static final int UNSIGNED = 1;
  private static final int SIGNED = 2;
  private static final int FLOAT = 3;

  private static final int UNCOMPRESSED = 1;
  private static final int OLD_JPEG = 6;
  private static final int JPEG = 7;

  private static final Map<Integer, String> PACKED_BY_OTHERS =
      Map.of(34925, "LZMA", 50000, "Zstandard", 50001, "WebP");

  private static final int UNSPECIFIED = 0;
  private static final int ASSOCIATED = 1;

  private static final int MAX_VALUES = 1 << 20;
  private static final int[] TYPE_BYTES = {0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4, 0, 0, 8, 8, 8};

  private final byte[] file;
  private final ByteBuffer bytes;
  private final boolean big;

  /** Where an entry lies, by its tag. */
  private final Map<Integer, Integer> entries = new HashMap<>();

  private Tiff(byte[] file) throws IOException {
    this.file = file;
    bytes = ByteBuffer.wrap(file);
    bytes.order(file[0] == 'I' ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
    try {
      big = bytes.getShort(2) == 43;
      readDirectory();
    } catch (IndexOutOfBoundsException | ArithmeticException e) {
      throw new EOFException("its directory goes beyond the end of the file");
    }
  }

  static SmartResize.Size size(byte[] file) throws IOException {
    Tiff tiff = new Tiff(file);
    return new SmartResize.Size(tiff.number(HEIGHT, 0), tiff.number(WIDTH, 0));
  }

  static ImageInfo.Samples samples(byte[] file) throws IOException {
    Tiff tiff = new Tiff(file);
    Layout layout = tiff.layout(tiff.number(PHOTOMETRIC, BLACK_IS_ZERO));
    return new ImageInfo.Samples(layout.mode(), layout.bits());
  }

  static int orientation(byte[] file) throws IOException {
    return new Tiff(file).orientation();
  }

  static Decoded decode(byte[] file) throws IOException {
    Tiff tiff = new Tiff(file);
    return new Decoded(tiff.picture(), tiff.orientation());
  }

  private void readDirectory() {
    int directory = Math.toIntExact(big ? bytes.getLong(8) : bytes.getInt(4) & 0xFFFFFFFFL);
    long count = big ? bytes.getLong(directory) : bytes.getShort(directory) & 0xFFFF;
    int at = directory + (big ? 8 : 2);
    for (long i = 0; i < count; i++, at += big ? 20 : 12) {
      entries.putIfAbsent(bytes.getShort(at) & 0xFFFF, at);
    }
  }

  private int orientation() throws IOException {
    Metadata metadata = new Metadata();
    if (entries.containsKey(XMP)) {
      metadata.setXmp(raw(entries.get(XMP)));
    }
    return metadata.orientation(file);
  }

  /** The bytes of an entry's value. */
  private byte[] raw(int entry) throws IOException {
    int type = bytes.getShort(entry + 2);
    long count = big ? bytes.getLong(entry + 4) : bytes.getInt(entry + 4) & 0xFFFFFFFFL;
    int size = type < 0 || type >= TYPE_BYTES.length ? 0 : TYPE_BYTES[type];
    if (count < 0 || count > file.length || count * size > file.length) {
      throw new EOFException("a value of its directory goes beyond the end of the file");
    }
    int length = (int) count * size;
    int inline = entry + (big ? 12 : 8);
    if (length <= (big ? 8 : 4)) {
      return Arrays.copyOfRange(file, inline, inline + length);
    }
    long offset = big ? bytes.getLong(inline) : bytes.getInt(inline) & 0xFFFFFFFFL;
    if (offset < 0 || offset > file.length - length) {
      throw new EOFException("a value of its directory goes beyond the end of the file");
    }
    return Arrays.copyOfRange(file, (int) offset, (int) offset + length);
  }

  /** The whole numbers of an entry, empty where there is none. */
  private int[] numbers(int tag) throws IOException {
    Integer entry = entries.get(tag);
    if (entry == null) {
      return new int[0];
    }
    int size = TYPE_BYTES[Math.floorMod(bytes.getShort(entry + 2), TYPE_BYTES.length)];
    ByteBuffer values = ByteBuffer.wrap(raw(entry)).order(bytes.order());
    int count = size == 0 ? 0 : Math.min(MAX_VALUES, values.capacity() / size);
    int[] numbers = new int[count];
    for (int i = 0; i < count; i++) {
      numbers[i] =
          switch (size) {
            case 1 -> values.get(i) & 0xFF;
            case 2 -> values.getShort(2 * i) & 0xFFFF;
            case 4 -> values.getInt(4 * i);
            default -> Math.toIntExact(values.getLong(8 * i));
          };
    }
    return numbers;
  }

  private int number(int tag, int otherwise) throws IOException {
    int[] numbers = numbers(tag);
    return numbers.length == 0 ? otherwise : numbers[0];
  }

  private Picture picture() throws IOException {
    int compression = number(COMPRESSION, UNCOMPRESSED);
    int photometric = number(PHOTOMETRIC, WHITE_IS_ZERO);
    Layout layout = layout(photometric);
    if (compression == OLD_JPEG) {
      throw new IOException("it is compressed as JPEG in the way that was given up in 1995");
    }
    boolean jpegColours = compression == JPEG && photometric == YCBCR;
    if (photometric == YCBCR && !jpegColours && layout.samples > 1) {
      throw new IOException("its YCbCr levels are not compressed as JPEG");
    }
    if (PACKED_BY_OTHERS.containsKey(compression)) {
      throw new IOException("it is packed with " + PACKED_BY_OTHERS.get(compression));
    }
    if (layout.planar && layout.bits == 16 && compression == UNCOMPRESSED) {
      throw new IOException("it has 16-bit colours in separate planes, unpacked");
    }
    boolean signedOrWide = layout.bits >= 16 && (layout.format != UNSIGNED || layout.bits == 32);
    if (!layout.littleEndian && signedOrWide && compression != UNCOMPRESSED) {
      throw new IOException(
          "it has big-endian packed levels that are signed, of 32 bits or floating-point");
    }
    if (photometric == LAB) {
      throw new IOException("its colours are CIELAB, which are not converted as Pillow does");
    }
    Raster raster = raster(jpegColours ? file : plain(layout));
    if (raster.getNumBands() < layout.colours()) {
      throw layout.unknown();
    }
    return jpegColours ? Pixels.colour(raster, 0) : layout.picture(raster, numbers(COLOUR_MAP));
  }

  private Layout layout(int photometric) throws IOException {
    int[] extra = numbers(EXTRA);
    int samples = number(SAMPLES, 1);
    int[] bits = numbers(BITS);
    int first = bits.length == 0 ? 1 : bits[0];
    for (int i = 0; i < Math.min(samples, bits.length); i++) {
      if (bits[i] != first) {
        throw new IOException("its samples have different numbers of bits");
      }
    }
    boolean planar = number(PLANAR, 1) == 2;
    return new Layout(
        photometric,
        number(FORMAT, UNSIGNED),
        first,
        samples,
        extra.length == 0 ? -1 : extra[0],
        planar,
        bytes.order() == ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * What the samples are.
   *
   * @param extra what the first sample beyond the colours is, -1 where the file does not say
   */
  private record Layout(
      int photometric,
      int format,
      int bits,
      int samples,
      int extra,
      boolean planar,
      boolean littleEndian) {

    IOException unknown() {
      return new IOException(
          "Pillow knows no TIFF with photometric interpretation "
              + photometric
              + ", "
              + samples
              + " samples of "
              + bits
              + " bits in format "
              + format
              + (planar ? ", one plane each" : "")
              + (littleEndian ? "" : ", big-endian"));
    }

    String mode() {
      String colours =
          switch (photometric) {
            case RGB, YCBCR -> "RGB";
            case PALETTE -> "P";
            case CMYK -> "CMYK";
            case LAB -> "LAB";
            default -> format == FLOAT ? "F" : "L";
          };
      return samples > colours() ? colours + "A" : colours;
    }

    int colours() {
      return switch (photometric) {
        case RGB, YCBCR -> samples == 1 ? 1 : 3;
        case CMYK -> 4;
        default -> 1;
      };
    }

    Picture picture(Raster raster, int[] colourMap) throws IOException {
      return switch (photometric) {
        case WHITE_IS_ZERO, BLACK_IS_ZERO -> gray(raster);
        case RGB -> colour(raster);
        case PALETTE -> palette(raster, colourMap);
        case CMYK -> cmyk(raster);
        case YCBCR -> ycbcr(raster);
        default -> throw unknown();
      };
    }

    private Picture gray(Raster raster) throws IOException {
      if (samples == 1) {
        return Pixels.gray(raster, level());
      }
      if (samples != 2 || bits != 8 || format != UNSIGNED || photometric != BLACK_IS_ZERO) {
        throw unknown();
      }
      if (extra == UNSPECIFIED) {
        return Pixels.gray(raster, s -> s);
      }
      if (extra == ASSOCIATED || extra < 0) {
        throw unknown();
      }
      return Pixels.grayAlpha(raster, 0);
    }

    private IntUnaryOperator level() throws IOException {
      boolean black = photometric == BLACK_IS_ZERO;
      if (format == UNSIGNED && (bits == 1 || bits == 2 || bits == 4 || bits == 8)) {
        int scale = 255 / ((1 << bits) - 1);
        return black ? s -> s * scale : s -> 255 - s * scale;
      }
      if (format == SIGNED && bits == 8 && black) {
        return s -> s & 0xFF;
      }
      if (format == UNSIGNED && bits == 12 && black && littleEndian) {
        return Pixels::clip;
      }
      if (format == UNSIGNED && bits == 16 && (black || littleEndian)) {
        return s -> Pixels.clip(s & 0xFFFF);
      }
      if (format == SIGNED && bits == 16 && black) {
        return s -> Pixels.clip((short) s);
      }
      if (bits == 32 && black && (format == SIGNED || (format == UNSIGNED && littleEndian))) {
        return Pixels::clip;
      }
      if (format == FLOAT && bits == 32) {
        return s -> clip(Float.intBitsToFloat(s));
      }
      throw unknown();
    }

    private static int clip(float level) {
      return level >= 255 ? 255 : level > 0 ? (int) level : 0;
    }

    private Picture colour(Raster raster) throws IOException {
      int shift = bits == 16 ? 8 : 0;
      if (format != UNSIGNED || (bits != 8 && bits != 16) || samples < 3 || samples > 6) {
        throw unknown();
      }
      if (samples == 3 || (extra == UNSPECIFIED)) {
        return Picture.opaque(
            raster.getWidth(),
            raster.getHeight(),
            Pixels.map(raster, (s, at, rgb) -> high(s, at, shift, rgb)));
      }
      Picture picture = Pixels.colourAlpha(raster, shift);
      if (extra == ASSOCIATED) {
        divideByAlpha(picture);
      }
      return picture;
    }

    private static void high(int[] samples, int at, int shift, int[] rgb) {
      for (int c = 0; c < 3; c++) {
        rgb[c] = samples[at + c] >> shift & 0xFF;
      }
    }

    private static void divideByAlpha(Picture picture) {
      byte[] rgb = picture.rgb();
      for (int i = 0; i < rgb.length; i++) {
        int alpha = picture.alpha()[i / 3] & 0xFF;
        rgb[i] = (byte) (alpha == 0 ? 0 : Math.min(255, (rgb[i] & 0xFF) * 255 / alpha));
      }
    }

    private Picture palette(Raster raster, int[] map) throws IOException {
      boolean small = bits == 1 || bits == 2 || bits == 4 || bits == 8;
      if (format != UNSIGNED || !small || samples > 2 || (samples == 2 && bits != 8)) {
        throw unknown();
      }
      int size = map.length / 3;
      int[] palette = new int[256];
      for (int i = 0; i < Math.min(256, size); i++) {
        palette[i] = map[i] >> 8 << 16 | map[size + i] >> 8 << 8 | map[2 * size + i] >> 8;
      }
      byte[] rgb = Pixels.indexed(raster, palette, new byte[0], -1).rgb();
      return samples == 2 && extra != UNSPECIFIED
          ? Picture.withAlpha(
              raster.getWidth(), raster.getHeight(), rgb, Pixels.grayAlpha(raster, 0).alpha())
          : Picture.opaque(raster.getWidth(), raster.getHeight(), rgb);
    }

    private Picture cmyk(Raster raster) throws IOException {
      int shift = bits == 16 ? 8 : 0;
      if (format != UNSIGNED || (bits != 8 && bits != 16) || samples < 4) {
        throw unknown();
      }
      byte[] rgb =
          Pixels.map(
              raster,
              (s, at, out) ->
                  Pixels.fromCmyk(
                      s[at] >> shift,
                      s[at + 1] >> shift,
                      s[at + 2] >> shift,
                      s[at + 3] >> shift,
                      out));
      return Picture.opaque(raster.getWidth(), raster.getHeight(), rgb);
    }

    private Picture ycbcr(Raster raster) throws IOException {
      if (format != UNSIGNED || bits != 8 || samples != 1) {
        throw unknown();
      }
      return Pixels.gray(raster, s -> s);
    }
  }

  private static Raster raster(byte[] file) throws IOException {
    return Images.withReader(file, reader -> reader.read(0).getRaster());
  }

  /** The file with a directory that calls the samples levels of gray, red, green and blue. */
  private byte[] plain(Layout layout) {
    byte[] plain = file.clone();
    ByteBuffer copy = ByteBuffer.wrap(plain).order(bytes.order());
    int photometric =
        switch (layout.photometric) {
          case RGB, CMYK -> layout.photometric;
          default -> BLACK_IS_ZERO;
        };
    patch(copy, PHOTOMETRIC, photometric);
    if (layout.extra == ASSOCIATED) {
      patch(copy, EXTRA, 2);
    }
    if (layout.samples == 1 && layout.bits >= 16) {
      patch(copy, FORMAT, UNSIGNED);
    }
    return plain;
  }

  private void patch(ByteBuffer copy, int tag, int value) {
    Integer entry = entries.get(tag);
    if (entry != null) {
      int at = entry + (big ? 12 : 8);
      boolean two = bytes.getShort(entry + 2) == 3;
      if (two) {
        copy.putShort(at, (short) value);
      } else {
        copy.putInt(at, value);
      }
    }
  }
}
