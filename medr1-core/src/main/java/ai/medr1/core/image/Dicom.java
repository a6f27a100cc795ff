package ai.medr1.core.image;

import java.awt.image.Raster;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/** One frame of a DICOM file, as {@link DicomLevels} shows it. */
final class Dicom {
  private static final int PREAMBLE = 128;
  private static final String PREFIX = "DICM";

  private static final int SYNTAX = 0x00020010;
  private static final int SAMPLES = 0x00280002;
  private static final int PHOTOMETRIC = 0x00280004;
  private static final int PLANAR = 0x00280006;
  private static final int FRAMES = 0x00280008;
  private static final int ROWS = 0x00280010;
  private static final int COLUMNS = 0x00280011;
  private static final int ALLOCATED = 0x00280100;
  private static final int STORED = 0x00280101;
  private static final int HIGH_BIT = 0x00280102;
  private static final int REPRESENTATION = 0x00280103;
  private static final int PALETTE_DESCRIPTOR = 0x00281101;
  private static final int PALETTE_DATA = 0x00281201;
  private static final int EXTENDED_OFFSETS = 0x7FE00001;
  private static final int PIXELS = 0x7FE00010;

  private static final String IMPLICIT = "1.2.840.10008.1.2";
  private static final String EXPLICIT = "1.2.840.10008.1.2.1";
  private static final String DEFLATED = "1.2.840.10008.1.2.1.99";
  private static final String BIG_ENDIAN = "1.2.840.10008.1.2.2";
  private static final String RLE = "1.2.840.10008.1.2.5";
  private static final String JPEG = "1.2.840.10008.1.2.4.";

  /** Names of the syntaxes under {@link #JPEG} that are not read. */
  private static final Map<String, String> NOT_READ =
      Map.of("80", "JPEG-LS", "81", "JPEG-LS", "201", "HTJ2K", "202", "HTJ2K", "203", "HTJ2K");

  private static final int MAX_INFLATED = 1 << 30;

  private final DicomDataset set;
  private final String syntax;
  private final int rows;
  private final int columns;
  private final int samples;
  private final int allocated;
  private final int stored;
  private final boolean signed;
  private final String photometric;

  private Dicom(byte[] file) throws IOException {
    ByteBuffer data = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int from = hasPrefix(file) ? PREAMBLE + PREFIX.length() : 0;
    DicomDataset meta = new DicomDataset();
    int behind = DicomDataset.readMeta(data, from, meta);
    String named = meta.text(SYNTAX);
    syntax = named.isEmpty() ? guess(data, behind) : named;
    set = dataset(file, data, behind);
    rows = set.number(ROWS, 0);
    columns = set.number(COLUMNS, 0);
    samples = set.number(SAMPLES, 1);
    allocated = set.number(ALLOCATED, 0);
    stored = set.number(STORED, allocated);
    signed = set.number(REPRESENTATION, 0) == 1;
    photometric = set.text(PHOTOMETRIC);
  }

  private static boolean hasPrefix(byte[] file) {
    return file.length >= PREAMBLE + 4
        && new String(file, PREAMBLE, 4, StandardCharsets.ISO_8859_1).equals(PREFIX);
  }

  /** Whether a file is DICOM, with its preamble or, as some programs write it, without. */
  static boolean is(byte[] file) {
    if (hasPrefix(file)) {
      return true;
    }
    if (file.length < 16) {
      return false;
    }
    ByteBuffer data = ByteBuffer.wrap(file).order(ByteOrder.LITTLE_ENDIAN);
    int group = data.getShort(0);
    boolean first = (group == 2 || group == 8) && (data.getShort(2) & 0xFFFF) <= 0x18;
    boolean explicit = isUpper(file[4]) && isUpper(file[5]);
    return first && (explicit || (data.getInt(4) >= 0 && data.getInt(4) <= 64));
  }

  private static boolean isUpper(byte letter) {
    return letter >= 'A' && letter <= 'Z';
  }

  private static String guess(ByteBuffer data, int at) {
    boolean explicit =
        at + 6 <= data.limit() && isUpper(data.get(at + 4)) && isUpper(data.get(at + 5));
    return explicit ? EXPLICIT : IMPLICIT;
  }

  private DicomDataset dataset(byte[] file, ByteBuffer data, int from) throws IOException {
    return switch (syntax) {
      case IMPLICIT -> DicomDataset.read(data, from, false);
      case BIG_ENDIAN ->
          DicomDataset.read(data.duplicate().order(ByteOrder.BIG_ENDIAN), from, true);
      case DEFLATED -> {
        byte[] inflated = inflate(file, from);
        yield DicomDataset.read(ByteBuffer.wrap(inflated).order(ByteOrder.LITTLE_ENDIAN), 0, true);
      }
      default -> DicomDataset.read(data, from, true);
    };
  }

  private static byte[] inflate(byte[] file, int from) throws IOException {
    Inflater inflater = new Inflater(true);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] buffer = new byte[1 << 16];
    try {
      inflater.setInput(file, from, file.length - from);
      while (!inflater.finished()) {
        int length = inflater.inflate(buffer);
        out.write(buffer, 0, length);
        if (out.size() > MAX_INFLATED || (length == 0 && inflater.needsInput())) {
          throw new EOFException("its deflated data are cut short or unpack to too much");
        }
      }
    } catch (DataFormatException e) {
      throw new IOException("its deflated data are damaged", e);
    } finally {
      inflater.end();
    }
    return out.toByteArray();
  }

  static SmartResize.Size size(byte[] file) throws IOException {
    Dicom dicom = new Dicom(file);
    return new SmartResize.Size(dicom.rows, dicom.columns);
  }

  /** Decodes a frame, counted from 0. */
  static ImageInfo.Samples samples(byte[] file) throws IOException {
    Dicom dicom = new Dicom(file);
    return new ImageInfo.Samples(dicom.photometric, dicom.stored);
  }

  static Decoded decode(byte[] file, int frame) throws IOException {
    Dicom dicom = new Dicom(file);
    dicom.check(frame);
    return new Decoded(dicom.picture(frame), 1);
  }

  private int frames() {
    List<Double> told = set.decimals(FRAMES);
    return told.isEmpty() ? 1 : Math.max(1, told.get(0).intValue());
  }

  private void check(int frame) throws IOException {
    if (set.element(PIXELS).isEmpty()) {
      throw new IOException("it has no pixels of whole numbers (is it a report or a structure?)");
    }
    if (frame >= frames()) {
      throw new IOException("it has " + frames() + " frames, asked for was " + (frame + 1));
    }
    boolean bits = allocated == 1 || allocated == 8 || allocated == 16 || allocated == 32;
    if (!bits || stored < 1 || stored > allocated || (samples != 1 && samples != 3)) {
      throw new IOException(
          "it has " + samples + " samples of " + stored + " bits in " + allocated);
    }
  }

  private Picture picture(int frame) throws IOException {
    boolean packed = !set.element(PIXELS).orElseThrow().fragments().isEmpty();
    int[] values = packed ? unpacked(frame) : plain(frame);
    byte[] rgb =
        switch (photometric) {
          case "MONOCHROME1", "MONOCHROME2" -> gray(values, frame);
          case "PALETTE COLOR" -> palette(values);
          case "RGB", "YBR_RCT", "YBR_ICT" -> colour(values);
          case "YBR_FULL", "YBR_FULL_422" -> luma(values);
          default ->
              throw new IOException("its photometric interpretation is \"" + photometric + "\"");
        };
    return Picture.opaque(columns, rows, rgb);
  }

  // Samples ---------------------------------------------------------------------------------------

  private int[] plain(int frame) throws IOException {
    ByteBuffer pixels = set.element(PIXELS).orElseThrow().bytes();
    boolean halved = photometric.equals("YBR_FULL_422") && samples == 3;
    long count = (long) rows * columns * (halved ? 2 : samples);
    long bytes = allocated == 1 ? (count + 7) / 8 : count * allocated / 8;
    long from = allocated == 1 ? 0 : frame * bytes;
    long needed = allocated == 1 ? ((frame + 1L) * count + 7) / 8 : from + bytes;
    if (needed > pixels.limit()) {
      throw new EOFException(
          "its pixels have " + pixels.limit() + " bytes, and " + needed + " are needed");
    }
    int[] values = new int[(int) count];
    for (int i = 0; i < values.length; i++) {
      values[i] = allocated == 1 ? bit(pixels, frame * count + i) : sample(pixels, from, i);
    }
    if (halved) {
      return doubled(values);
    }
    return samples == 3 && set.number(PLANAR, 0) == 1 ? interleaved(values) : values;
  }

  private static int bit(ByteBuffer pixels, long index) {
    return pixels.get((int) (index / 8)) >> (int) (index % 8) & 1;
  }

  private int sample(ByteBuffer pixels, long from, int i) {
    int at = (int) from + i * (allocated / 8);
    int raw =
        switch (allocated) {
          case 8 -> pixels.get(eight(pixels, at)) & 0xFF;
          case 16 -> pixels.getShort(at) & 0xFFFF;
          default -> pixels.getInt(at);
        };
    int high = set.number(HIGH_BIT, stored - 1);
    return signExtended(high >= stored ? raw >>> (high + 1 - stored) : raw);
  }

  /** Bytes of a big-endian file lie in words, except where the words are bytes. */
  private int eight(ByteBuffer pixels, int at) {
    boolean words =
        pixels.order() == ByteOrder.BIG_ENDIAN
            && set.element(PIXELS).orElseThrow().vr().equals("OW");
    return words ? at ^ 1 : at;
  }

  /** The lowest {@link #stored} bits as a number with or without sign. */
  private int signExtended(int raw) {
    int rest = 32 - stored;
    return signed ? raw << rest >> rest : raw << rest >>> rest;
  }

  /** Y1 Y2 Cb Cr to two pixels. */
  private int[] doubled(int[] halved) {
    int[] values = new int[halved.length / 2 * 3];
    for (int from = 0, to = 0; to + 6 <= values.length; from += 4, to += 6) {
      for (int p = 0; p < 2; p++) {
        values[to + 3 * p] = halved[from + p];
        values[to + 3 * p + 1] = halved[from + 2];
        values[to + 3 * p + 2] = halved[from + 3];
      }
    }
    return values;
  }

  private int[] interleaved(int[] planes) {
    int[] values = new int[planes.length];
    int plane = planes.length / 3;
    for (int i = 0; i < values.length; i++) {
      values[i] = planes[i % 3 * plane + i / 3];
    }
    return values;
  }

  private int[] unpacked(int frame) throws IOException {
    byte[] data = fragment(frame);
    int[] values;
    if (syntax.equals(RLE)) {
      values = DicomRle.decode(data, rows * columns, samples, allocated);
    } else if (syntax.startsWith(JPEG)) {
      values = jpeg(data, syntax.substring(JPEG.length()));
    } else {
      throw new IOException("its pixels are packed by the transfer syntax " + syntax);
    }
    for (int i = 0; i < values.length; i++) {
      values[i] = signExtended(values[i]);
    }
    return values;
  }

  /** The packed bytes of a frame; the first fragment is the table of offsets. */
  private byte[] fragment(int frame) throws IOException {
    List<ByteBuffer> all = set.element(PIXELS).orElseThrow().fragments();
    List<ByteBuffer> fragments = all.subList(1, all.size());
    if (frames() == 1) {
      return joined(fragments);
    }
    if (fragments.size() == frames()) {
      return joined(fragments.subList(frame, frame + 1));
    }
    ByteBuffer offsets = all.get(0);
    if (offsets.limit() < 4 * frames() || set.element(EXTENDED_OFFSETS).isPresent()) {
      throw new IOException("nothing tells which of its fragments belong to a frame");
    }
    long from = offsets.getInt(4 * frame) & 0xFFFFFFFFL;
    long to = frame + 1 < frames() ? offsets.getInt(4 * frame + 4) & 0xFFFFFFFFL : Long.MAX_VALUE;
    List<ByteBuffer> own = new ArrayList<>();
    long at = 0;
    for (ByteBuffer fragment : fragments) {
      if (at >= from && at < to) {
        own.add(fragment);
      }
      at += 8 + fragment.limit();
    }
    return joined(own);
  }

  private static byte[] joined(List<ByteBuffer> fragments) {
    int length = fragments.stream().mapToInt(ByteBuffer::limit).sum();
    ByteBuffer out = ByteBuffer.allocate(length);
    fragments.forEach(fragment -> out.put(fragment.duplicate()));
    return out.array();
  }

  private int[] jpeg(byte[] data, String kind) throws IOException {
    if (NOT_READ.containsKey(kind)) {
      throw new IOException("its pixels are packed as " + NOT_READ.get(kind));
    }
    return switch (kind) {
      case "50", "51", "57", "70" -> jpeg(data);
      case "90", "91" -> jpeg2000(data);
      default -> throw new IOException("its pixels are packed by the transfer syntax " + syntax);
    };
  }

  private int[] jpeg(byte[] data) throws IOException {
    JpegHeader header = JpegHeader.of(data);
    boolean lossless = header.process() == JpegHeader.LOSSLESS;
    if (header.bits() != 8 && !lossless) {
      throw new IOException("it is packed as lossy JPEG of " + header.bits() + " bits");
    }
    checkSize(header.width(), header.height());
    return values(Jpeg.raster(data));
  }

  private int[] jpeg2000(byte[] data) throws IOException {
    J2kCodestream image = J2kCodestream.decode(data, 0);
    checkSize(image.width(), image.height());
    if (image.components() != samples) {
      throw new IOException("its packed frame has " + image.components() + " components");
    }
    int[] values = new int[rows * columns * samples];
    for (int i = 0; i < values.length; i++) {
      values[i] = image.value(i % samples, i / samples);
    }
    return values;
  }

  private void checkSize(int width, int height) throws IOException {
    if (width != columns || height != rows) {
      throw new IOException(
          "its packed frame has "
              + width
              + "x"
              + height
              + " pixels, its header says "
              + columns
              + "x"
              + rows);
    }
  }

  private int[] values(Raster raster) throws IOException {
    if (raster.getNumBands() != samples) {
      throw new IOException("its packed frame has " + raster.getNumBands() + " components");
    }
    return raster.getPixels(
        raster.getMinX(), raster.getMinY(), raster.getWidth(), raster.getHeight(), (int[]) null);
  }

  // Colours ---------------------------------------------------------------------------------------

  private byte[] gray(int[] values, int frame) throws IOException {
    if (samples != 1) {
      throw new IOException("it is gray and has " + samples + " samples");
    }
    byte[] levels =
        new DicomLevels(set, frame, signed).levels(values, photometric.equals("MONOCHROME1"));
    byte[] rgb = new byte[3 * levels.length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = levels[i / 3];
    }
    return rgb;
  }

  private byte[] colour(int[] values) throws IOException {
    if (samples != 3 || stored < 8 || stored > 16) {
      throw new IOException(
          "it is coloured and has " + samples + " samples of " + stored + " bits");
    }
    byte[] rgb = new byte[values.length];
    for (int i = 0; i < rgb.length; i++) {
      rgb[i] = (byte) (values[i] >> (stored - 8));
    }
    return rgb;
  }

  private byte[] luma(int[] values) throws IOException {
    if (samples != 3 || stored != 8) {
      throw new IOException("it is YBR and has " + samples + " samples of " + stored + " bits");
    }
    byte[] rgb = new byte[values.length];
    int[] out = new int[3];
    for (int at = 0; at < rgb.length; at += 3) {
      Jpeg.fromLuma(values, at, out);
      for (int c = 0; c < 3; c++) {
        rgb[at + c] = (byte) out[c];
      }
    }
    return rgb;
  }

  private byte[] palette(int[] values) throws IOException {
    byte[] rgb = new byte[3 * values.length];
    for (int c = 0; c < 3; c++) {
      int[] descriptor = set.shorts(PALETTE_DESCRIPTOR + c);
      int[] table = set.shorts(PALETTE_DATA + c);
      int count = descriptor.length < 3 ? 0 : descriptor[0] == 0 ? 1 << 16 : descriptor[0];
      if (count == 0 || table.length < (descriptor[2] == 8 ? count / 2 : count)) {
        throw new IOException("its palette is segmented or not whole");
      }
      boolean bytes = descriptor[2] == 8 && table.length < count;
      for (int i = 0; i < values.length; i++) {
        int first = signed ? (short) descriptor[1] : descriptor[1];
        int index = Math.max(0, Math.min(count - 1, values[i] - first));
        int entry = bytes ? table[index / 2] >> (index % 2 * 8) & 0xFF : table[index];
        rgb[3 * i + c] = (byte) (descriptor[2] == 16 ? entry >> 8 : entry);
      }
    }
    return rgb;
  }
}
