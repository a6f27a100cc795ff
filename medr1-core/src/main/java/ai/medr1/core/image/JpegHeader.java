package ai.medr1.core.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * What the segments before the first scan of a JPEG tell about colours and orientation.
 *
 * @param width in pixels, as stored
 * @param height in pixels, as stored
 * @param bits of a sample
 * @param components of a pixel
 * @param process the code of the frame header: 0xC0 baseline, 0xC1 extended, 0xC2 progressive, 0xC3
 *     lossless and so on
 * @param luma the first three components are Y, Cb, Cr rather than R, G, B or C, M, Y
 * @param orientation by EXIF or XMP, 1 to 8
 */
record JpegHeader(
    int width, int height, int bits, int components, int process, boolean luma, int orientation) {
  /** The process of lossless JPEG. */
  static final int LOSSLESS = 0xC3;

  private static final int SOF0 = 0xC0;
  private static final int DHT = 0xC4;
  private static final int SOF15 = 0xCF;
  private static final int DAC = 0xCC;
  private static final int JPG = 0xC8;
  private static final int SOS = 0xDA;
  private static final int APP0 = 0xE0;
  private static final int APP1 = 0xE1;
  private static final int APP14 = 0xEE;
  private static final int NO_ADOBE = -1;
  private static final String XMP = "http://ns.adobe.com/xap/1.0/\0";

  ImageInfo.Samples samples() {
    return components == 4
        ? new ImageInfo.Samples("CMYK", bits)
        : ImageInfo.Samples.of(components, bits);
  }

  SmartResize.Size size() {
    return new SmartResize.Size(height, width);
  }

  static JpegHeader of(byte[] file) throws IOException {
    boolean jfif = false;
    int adobe = NO_ADOBE;
    String components = "";
    int frame = 0;
    Metadata metadata = new Metadata();
    for (int at = 2; ; ) {
      at = marker(file, at);
      int marker = file[at] & 0xFF;
      int body = at + 3;
      int length = segmentLength(file, at + 1);
      if (marker == SOS) {
        return of(file, frame, luma(components, jfif, adobe), metadata.orientation());
      } else if (isFrame(marker)) {
        components = components(file, body, length);
        frame = at;
      } else if (marker == APP0 && begins(file, body, length, "JFIF\0")) {
        jfif = true;
      } else if (marker == APP14 && length >= 12 && begins(file, body, length, "Adobe")) {
        adobe = file[body + 11] & 0xFF;
      } else if (marker == APP1 && begins(file, body, length, "Exif\0\0")) {
        metadata.addExif(Arrays.copyOfRange(file, body, body + length));
      } else if (marker == APP1 && begins(file, body, length, XMP)) {
        metadata.setXmp(Arrays.copyOfRange(file, body + XMP.length(), body + length));
      }
      at = body + length;
    }
  }

  private static JpegHeader of(byte[] file, int frame, boolean luma, int orientation)
      throws IOException {
    if (frame == 0) {
      throw new IOException("it has a scan without a frame header before it");
    }
    int bits = file[frame + 3];
    int height = ByteBuffer.wrap(file).getShort(frame + 4) & 0xFFFF;
    int width = ByteBuffer.wrap(file).getShort(frame + 6) & 0xFFFF;
    int components = file[frame + 8];
    return new JpegHeader(width, height, bits, components, file[frame] & 0xFF, luma, orientation);
  }

  /** The position of the next marker's code, after its 0xFF bytes. */
  private static int marker(byte[] file, int from) throws IOException {
    int at = from;
    while (at < file.length && file[at] != -1) {
      at++;
    }
    while (at < file.length && file[at] == -1) {
      at++;
    }
    if (at >= file.length) {
      throw new EOFException("it ends at byte " + file.length + " before the first scan");
    }
    return at;
  }

  /** Bytes of a segment after the length field. */
  private static int segmentLength(byte[] file, int at) throws IOException {
    int length = at + 2 > file.length ? -1 : (file[at] & 0xFF) << 8 | (file[at + 1] & 0xFF);
    if (length < 2 || at + length > file.length) {
      throw new EOFException("the segment at byte " + at + " is cut off");
    }
    return length - 2;
  }

  private static boolean isFrame(int marker) {
    boolean table = marker == DHT || marker == JPG || marker == DAC;
    return marker >= SOF0 && marker <= SOF15 && !table;
  }

  private static boolean begins(byte[] file, int at, int length, String text) {
    return length >= text.length()
        && new String(file, at, text.length(), StandardCharsets.ISO_8859_1).equals(text);
  }

  /** The component ids, one character each. */
  private static String components(byte[] file, int body, int length) throws IOException {
    int count = length < 6 ? 0 : file[body + 5] & 0xFF;
    if (count == 0 || length < 6 + 3 * count) {
      throw new IOException("its frame header lists no components");
    }
    StringBuilder ids = new StringBuilder();
    for (int i = 0; i < count; i++) {
      ids.append((char) (file[body + 6 + 3 * i] & 0xFF));
    }
    return ids.toString();
  }

  /** The rules of libjpeg, which all common programs follow. */
  private static boolean luma(String components, boolean jfif, int adobe) {
    return switch (components.length()) {
      case 3 -> jfif || (adobe == NO_ADOBE ? !components.equals("RGB") : adobe != 0);
      case 4 -> adobe != NO_ADOBE && adobe != 0;
      default -> false;
    };
  }
}
