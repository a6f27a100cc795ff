package ai.medr1.core.checkpoint;

import java.util.List;

/**
 * A tensor to be written.
 *
 * @param shape sizes of the dimensions
 * @param source yields exactly {@link #bytes()} bytes
 */
public record NamedTensor(String name, DType dtype, List<Long> shape, TensorSource source) {
  public NamedTensor {
    shape = List.copyOf(shape);
    if (shape.stream().anyMatch(size -> size < 0)) {
      throw new IllegalArgumentException("tensor " + name + " has a negative size: " + shape);
    }
  }

  /** A tensor of the values of an array, rounded to the type. */
  public static NamedTensor floats(String name, DType dtype, List<Long> shape, float[] values) {
    if (Shapes.elements(shape) != values.length) {
      throw new IllegalArgumentException(
          "tensor " + name + " of shape " + shape + " does not have " + values.length + " values");
    }
    return new NamedTensor(name, dtype, shape, TensorSource.floats(dtype, values));
  }

  /** A stored tensor under another or the same name. */
  public static NamedTensor stored(String name, TensorInfo tensor) {
    return new NamedTensor(name, tensor.dtype(), tensor.shape(), TensorSource.stored(tensor));
  }

  /** The number of bytes that the values take. */
  public long bytes() {
    return Shapes.bytes(dtype, shape);
  }
}
