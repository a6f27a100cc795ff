package ai.medr1.core.checkpoint;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.WritableByteChannel;
import java.util.function.Supplier;

/**
 * Values that are made one by one and written in chunks.
 *
 * @param sequences starts the values anew; a source may be written more than once
 */
record FloatSource(DType dtype, long elements, Supplier<Sequence> sequences)
    implements TensorSource {
  private static final int CHUNK_BYTES = 1 << 18;

  /** The values in row-major order. */
  interface Sequence {
    float next();
  }

  @Override
  public void writeTo(WritableByteChannel channel) throws IOException {
    FloatCodec codec = FloatCodec.of(dtype);
    Sequence values = sequences.get();
    ByteBuffer chunk = ByteBuffer.allocateDirect(CHUNK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int perChunk = CHUNK_BYTES / dtype.bytes();
    for (long left = elements; left > 0; left -= perChunk) {
      chunk.clear();
      for (long i = Math.min(perChunk, left); i > 0; i--) {
        codec.put(chunk, values.next());
      }
      channel.write(chunk.flip());
    }
  }
}
