package ai.medr1.core.checkpoint;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;

/** Compares stored tensors, a chunk of memory at a time. */
final class TensorValues {
  private static final int CHUNK_ELEMENTS = 1 << 18;

  private TensorValues() {}

  /** Whether two tensors of types F32, F16 or BF16 have the same shape and values. */
  static boolean equal(TensorInfo a, TensorInfo b) {
    if (!a.shape().equals(b.shape()) || !a.dtype().isWeight() || !b.dtype().isWeight()) {
      return false;
    }
    try (FileChannel first = FileChannel.open(a.file());
        FileChannel second = FileChannel.open(b.file())) {
      for (long done = 0; done < a.elements(); done += CHUNK_ELEMENTS) {
        int count = (int) Math.min(CHUNK_ELEMENTS, a.elements() - done);
        if (!equal(
            a.dtype(), chunk(a, first, done, count), b.dtype(), chunk(b, second, done, count))) {
          return false;
        }
      }
      return true;
    } catch (IOException e) {
      throw new InputException(
          "cannot read %s and %s: %s".formatted(a.file(), b.file(), IoReason.of(e)), e);
    }
  }

  private static ByteBuffer chunk(TensorInfo tensor, FileChannel file, long done, int count)
      throws IOException {
    int size = tensor.dtype().bytes();
    ByteBuffer chunk = ByteBuffer.allocate(count * size).order(ByteOrder.LITTLE_ENDIAN);
    SafetensorsHeader.fill(tensor.file(), file, chunk, tensor.offset() + done * size);
    return chunk;
  }

  private static boolean equal(DType typeA, ByteBuffer a, DType typeB, ByteBuffer b) {
    if (typeA == typeB) {
      return a.mismatch(b) < 0;
    }
    FloatCodec codecA = FloatCodec.of(typeA);
    FloatCodec codecB = FloatCodec.of(typeB);
    while (a.hasRemaining()) {
      if (codecA.get(a) != codecB.get(b)) {
        return false;
      }
    }
    return true;
  }
}
