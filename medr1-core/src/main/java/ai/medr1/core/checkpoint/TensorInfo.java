package ai.medr1.core.checkpoint;

import java.nio.file.Path;
import java.util.List;

/**
 * Where a stored tensor lies.
 *
 * @param name as in the file
 * @param shape sizes of the dimensions; empty for a scalar
 * @param offset of the first byte, from the beginning of the file
 * @param bytes how many there are: elements × {@code dtype.bytes()}; little-endian, row-major
 */
public record TensorInfo(
    String name, DType dtype, List<Long> shape, Path file, long offset, long bytes) {
  public TensorInfo {
    shape = List.copyOf(shape);
  }

  /** The number of elements. */
  public long elements() {
    return bytes / dtype.bytes();
  }
}
