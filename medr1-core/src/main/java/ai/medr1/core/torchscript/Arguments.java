package ai.medr1.core.torchscript;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The named arrays that a kernel is called with. They belong to a scope of their own that ends with
 * {@link #close}; arrays that are merely lent with {@link #array} stay their owner's. Tests of
 * single kernels use names of their own.
 */
public final class Arguments implements AutoCloseable {
  private final NDManager scope;
  private final Map<String, NDArray> arrays = new LinkedHashMap<>();

  /** Opens a scope below a manager. */
  public Arguments(NDManager parent) {
    scope = parent.newSubManager();
  }

  /** An integer without dimensions. */
  public Arguments integer(Key key, long value) {
    return integer(key.text(), value);
  }

  Arguments integer(String name, long value) {
    return array(name, owned(scope.create(value)));
  }

  /** A floating-point number without dimensions, float64. */
  public Arguments real(Key key, double value) {
    return real(key.text(), value);
  }

  Arguments real(String name, double value) {
    return array(name, owned(scope.create(value)));
  }

  /** Integers [n], int64. */
  public Arguments integers(Key key, int[] values) {
    return integers(key.text(), values);
  }

  Arguments integers(String name, int[] values) {
    long[] wide = new long[values.length];
    for (int i = 0; i < values.length; i++) {
      wide[i] = values[i];
    }
    return array(name, owned(scope.create(wide, new Shape(wide.length))));
  }

  /** Integers, int64, as a matrix of equally long rows. */
  public Arguments integers(Key key, int[][] rows) {
    return integers(key.text(), rows);
  }

  Arguments integers(String name, int[][] rows) {
    int columns = rows[0].length;
    long[] wide = new long[rows.length * columns];
    for (int r = 0; r < rows.length; r++) {
      for (int c = 0; c < columns; c++) {
        wide[r * columns + c] = rows[r][c];
      }
    }
    return array(name, owned(scope.create(wide, new Shape(rows.length, columns))));
  }

  /** Numbers, float32, in a shape. */
  public Arguments numbers(Key key, float[] values, long... shape) {
    return numbers(key.text(), values, shape);
  }

  Arguments numbers(String name, float[] values, long... shape) {
    ByteBuffer buffer = ByteBuffer.allocateDirect(values.length * Float.BYTES);
    buffer.order(ByteOrder.nativeOrder()).asFloatBuffer().put(values);
    return array(name, owned(scope.create(buffer, new Shape(shape), DataType.FLOAT32)));
  }

  /**
   * Copies what DJL made of a Java buffer into memory of libtorch. DJL lends the buffer out, and
   * the garbage collector frees it when the scope has ended; a kernel may keep its arguments for
   * longer.
   */
  private static NDArray owned(NDArray lent) {
    try (lent) {
      return lent.duplicate();
    }
  }

  /** An array that somebody else owns. */
  public Arguments array(Key key, NDArray value) {
    return array(key.text(), value);
  }

  Arguments array(String name, NDArray value) {
    arrays.put(name, value);
    return this;
  }

  /** The manager of this scope. */
  public NDManager scope() {
    return scope;
  }

  Map<String, NDArray> arrays() {
    return arrays;
  }

  @Override
  public void close() {
    scope.close();
  }
}
