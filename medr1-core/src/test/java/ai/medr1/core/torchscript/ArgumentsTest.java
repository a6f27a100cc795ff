package ai.medr1.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import java.nio.ByteBuffer;
import java.nio.LongBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ArgumentsTest {
  private static final int SIZE = 1 << 16;

  @Test
  void whatAKernelKeepsOutlivesTheCall() {
    try (NDManager manager = NDManager.newBaseManager()) {
      NDArray kept;
      try (Arguments a = new Arguments(manager)) {
        a.integers("ids", IntStream.range(0, SIZE).toArray());
        kept = a.arrays().get("ids").stopGradient(); // the same memory, as a kernel would hold it
        kept.attach(manager);
      }
      overwriteFreedBuffers();
      assertThat(kept.toLongArray()).isSorted().startsWith(0).endsWith(SIZE - 1);
    }
  }

  /** Makes the garbage collector free direct buffers, and takes their memory for others. */
  private static void overwriteFreedBuffers() {
    List<ByteBuffer> taken = new ArrayList<>();
    for (int round = 0; round < 20; round++) {
      System.gc();
      ByteBuffer buffer = ByteBuffer.allocateDirect(SIZE * Long.BYTES);
      LongBuffer numbers = buffer.asLongBuffer();
      while (numbers.hasRemaining()) {
        numbers.put(-1);
      }
      taken.add(buffer);
    }
    assertThat(taken).hasSize(20);
  }
}
