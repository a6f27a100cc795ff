package ai.medr1.core.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;

/**
 * Log-probabilities that can be differentiated: the graph behind them waits in native memory until
 * {@link QwenVl#backward} or {@link #close}. Belongs to whoever called {@link QwenVl#score}.
 */
public final class Scored implements AutoCloseable {
  private final NDManager manager;
  private final PackedBatch batch;
  private final Shape shape;
  private final NDArray logps;
  private final NDArray mask;
  private final long handle;
  private final Runnable release;
  private boolean open = true;

  /**
   * Takes packed log-probabilities.
   *
   * @param manager owns the arrays of this object; closed with it
   * @param handle names the graph
   * @param release frees the graph
   */
  Scored(NDManager manager, PackedBatch batch, float[] packed, long handle, Runnable release) {
    this.manager = manager;
    this.batch = batch;
    this.handle = handle;
    this.release = release;
    int group = Math.max(1, batch.group());
    int longest = 0;
    for (int count : batch.targetsOf()) {
      longest = Math.max(longest, count);
    }
    shape = new Shape(batch.sequences() / group, group, longest);
    float[] ones = new float[packed.length];
    java.util.Arrays.fill(ones, 1);
    logps = manager.create(pad(packed, longest), shape);
    mask = manager.create(pad(ones, longest), shape);
  }

  /** Log-probabilities [B, G, L], float32; 0 behind the end of a continuation. */
  public NDArray logps() {
    return logps;
  }

  /** Mask [B, G, L], float32: 1 at a token, 0 behind the end of a continuation. */
  public NDArray mask() {
    return mask;
  }

  /** The scope of these arrays, for arrays that are to live as long. */
  public NDManager manager() {
    return manager;
  }

  long handle() {
    return handle;
  }

  /** Takes the values at tokens out of an array [B, G, L]. */
  float[] pack(NDArray array) {
    if (!array.getShape().equals(shape)) {
      throw new IllegalArgumentException(
          "an array like the log-probabilities has shape " + shape + ", found " + array.getShape());
    }
    float[] padded = array.toFloatArray();
    float[] packed = new float[batch.targets().length];
    int longest = Math.toIntExact(shape.get(2));
    int at = 0;
    for (int i = 0; i < batch.sequences(); i++) {
      System.arraycopy(padded, i * longest, packed, at, batch.targetsOf()[i]);
      at += batch.targetsOf()[i];
    }
    return packed;
  }

  private float[] pad(float[] packed, int longest) {
    float[] padded = new float[batch.sequences() * longest];
    int at = 0;
    for (int i = 0; i < batch.sequences(); i++) {
      System.arraycopy(packed, at, padded, i * longest, batch.targetsOf()[i]);
      at += batch.targetsOf()[i];
    }
    return padded;
  }

  /** Ends the life of the graph for {@link QwenVl#backward}, once. */
  void use() {
    if (!open) {
      throw new IllegalStateException(
          "these log-probabilities were differentiated or closed already");
    }
    open = false;
  }

  @Override
  public void close() {
    if (open) {
      open = false;
      release.run();
    }
    manager.close();
  }
}
