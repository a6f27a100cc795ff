package ai.medr1.grpo.metrics;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.zip.CRC32C;

/**
 * Scalars for TensorBoard: TFRecord frames that hold {@code Event} protocol buffers (tensorboard's
 * record_writer and event.proto; the five fields used here are written by hand).
 */
final class EventFile implements AutoCloseable {
  private static final int VARINT = 0;
  private static final int FIXED64 = 1;
  private static final int BYTES = 2;
  private static final int FIXED32 = 5;

  private final OutputStream out;

  /** Starts a new file, in place of one that may be there. */
  EventFile(Path file, double wallTime) {
    try {
      out = new BufferedOutputStream(Files.newOutputStream(file));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
    write(new Proto().fixed64(1, wallTime).text(3, "brain.Event:2"));
  }

  /**
   * Adds the scalars of one step.
   *
   * @param wallTime seconds since 1970
   */
  void append(double wallTime, long step, Map<String, Double> scalars) {
    Proto summary = new Proto();
    scalars.forEach(
        (tag, value) ->
            summary.message(1, new Proto().text(1, tag).fixed32(2, value.floatValue())));
    write(new Proto().fixed64(1, wallTime).varint(2, step).message(5, summary));
  }

  @Override
  public void close() {
    try {
      out.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void write(Proto event) {
    byte[] data = event.bytes.toByteArray();
    byte[] length = littleEndian(Long.BYTES).putLong(data.length).array();
    try {
      out.write(length);
      out.write(checksum(length));
      out.write(data);
      out.write(checksum(data));
      out.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** CRC-32C, rotated and shifted so that a checksum of checksums stays meaningful. */
  private static byte[] checksum(byte[] data) {
    CRC32C crc = new CRC32C();
    crc.update(data);
    int masked = Integer.rotateRight((int) crc.getValue(), 15) + 0xa282ead8;
    return littleEndian(Integer.BYTES).putInt(masked).array();
  }

  private static ByteBuffer littleEndian(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Fields of a protocol buffer. */
  private static final class Proto {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

    Proto varint(int field, long value) {
      key(field, VARINT);
      raw(value);
      return this;
    }

    Proto fixed64(int field, double value) {
      key(field, FIXED64);
      bytes.writeBytes(littleEndian(Double.BYTES).putDouble(value).array());
      return this;
    }

    Proto fixed32(int field, float value) {
      key(field, FIXED32);
      bytes.writeBytes(littleEndian(Float.BYTES).putFloat(value).array());
      return this;
    }

    Proto text(int field, String value) {
      return block(field, value.getBytes(StandardCharsets.UTF_8));
    }

    Proto message(int field, Proto value) {
      return block(field, value.bytes.toByteArray());
    }

    private Proto block(int field, byte[] value) {
      key(field, BYTES);
      raw(value.length);
      bytes.writeBytes(value);
      return this;
    }

    private void key(int field, int type) {
      raw(((long) field << 3) | type);
    }

    /** Seven bits per byte, the lowest first; the top bit says that more follow. */
    private void raw(long value) {
      long rest = value;
      while ((rest & ~0x7fL) != 0) {
        bytes.write((int) (0x80 | (rest & 0x7f)));
        rest >>>= 7;
      }
      bytes.write((int) rest);
    }
  }
}
