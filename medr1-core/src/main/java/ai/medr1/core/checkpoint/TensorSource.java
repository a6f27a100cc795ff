package ai.medr1.core.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.WritableByteChannel;

/** Yields the bytes of a tensor when it is written, so that no more than a part is in memory. */
@FunctionalInterface
public interface TensorSource {

  /**
   * Writes all bytes: little-endian, row-major, of the type that the tensor was announced with.
   *
   * @param channel takes every buffer whole
   */
  void writeTo(WritableByteChannel channel) throws IOException;

  /** The values of an array, rounded to the nearest value of the type, ties to even. */
  static TensorSource floats(DType dtype, float[] values) {
    return new FloatSource(
        dtype,
        values.length,
        () -> {
          int[] next = {0};
          return () -> values[next[0]++];
        });
  }

  /** The bytes of a tensor in a file. */
  static TensorSource stored(TensorInfo tensor) {
    return channel -> {
      try (FileChannel file = FileChannel.open(tensor.file())) {
        long end = tensor.offset() + tensor.bytes();
        long at = tensor.offset();
        while (at < end) {
          long moved = file.transferTo(at, end - at, channel);
          if (moved <= 0) {
            throw new IOException(tensor.file() + " was truncated while it was read");
          }
          at += moved;
        }
      }
    };
  }
}
