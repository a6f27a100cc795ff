package ai.medr1.core.checkpoint;

import java.util.List;

/** Arithmetic on tensor shapes. */
final class Shapes {
  private Shapes() {}

  /** The number of elements; an ArithmeticException if it exceeds a long. */
  static long elements(List<Long> shape) {
    // A zero anywhere makes the rest irrelevant, even if their product would overflow.
    return shape.contains(0L) ? 0 : shape.stream().reduce(1L, Math::multiplyExact);
  }

  /** The number of bytes; an ArithmeticException if it exceeds a long. */
  static long bytes(DType dtype, List<Long> shape) {
    return Math.multiplyExact(elements(shape), (long) dtype.bytes());
  }
}
