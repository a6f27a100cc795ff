package ai.medr1.core.image;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The run-length encoding of DICOM, PS3.5 annex G: one packed segment per byte of a pixel. */
final class DicomRle {
  private static final int HEADER = 64;

  private DicomRle() {}

  /**
   * The samples of a frame, colours interleaved.
   *
   * @param pixels of the frame
   * @param bits of a sample, 8, 16 or 32
   */
  static int[] decode(byte[] data, int pixels, int samples, int bits) throws IOException {
    int bytes = bits / 8;
    if (data.length < HEADER || bytes < 1) {
      throw new EOFException("its run-length header is cut short");
    }
    ByteBuffer header = ByteBuffer.wrap(data).order(ByteOrder.LITTLE_ENDIAN);
    int segments = header.getInt(0);
    if (segments != bytes * samples) {
      throw new IOException("its frame has " + segments + " segments, not " + bytes * samples);
    }
    int[] values = new int[pixels * samples];
    for (int segment = 0; segment < segments; segment++) {
      int from = header.getInt(4 + 4 * segment);
      int to = segment + 1 < segments ? header.getInt(8 + 4 * segment) : data.length;
      if (from < HEADER || to < from || to > data.length) {
        throw new EOFException("its run-length segments go beyond the end");
      }
      byte[] plane = unpack(data, from, to, pixels);
      int sample = segment / bytes;
      int shift = 8 * (bytes - 1 - segment % bytes);
      for (int i = 0; i < pixels; i++) {
        values[i * samples + sample] |= (plane[i] & 0xFF) << shift;
      }
    }
    return values;
  }

  private static byte[] unpack(byte[] data, int from, int to, int size) throws IOException {
    byte[] plane = new byte[size];
    int at = from;
    int done = 0;
    while (done < size && at < to) {
      int code = data[at++];
      int count = Math.min(size - done, code >= 0 ? code + 1 : code == -128 ? 0 : 1 - code);
      if (at + (code >= 0 ? count : 1) > to && count > 0) {
        break;
      }
      for (int i = 0; i < count; i++) {
        plane[done++] = data[code >= 0 ? at + i : at];
      }
      at += code >= 0 ? code + 1 : code == -128 ? 0 : 1;
    }
    if (done < size) {
      throw new EOFException("its run-length data end before the end of the frame");
    }
    return plane;
  }
}
