package ai.medr1.core.model;

/**
 * Log-probabilities that can be differentiated: the graph behind them waits in native memory until
 * {@link Scoring#backward} or {@link #close}. Belongs to whoever called {@link Scoring#score}.
 */
public final class Scored implements AutoCloseable {
  private final PackedBatch batch;
  private final float[][][] logps;
  private final long weights;
  private final long handle;
  private final Runnable release;
  private boolean open = true;

  /**
   * Takes packed log-probabilities.
   *
   * @param weights number of the weights that gave them
   * @param handle names the graph
   * @param release frees the graph
   */
  Scored(PackedBatch batch, float[] packed, long weights, long handle, Runnable release) {
    this.batch = batch;
    this.logps = batch.ragged(packed);
    this.weights = weights;
    this.handle = handle;
    this.release = release;
  }

  /** Log-probabilities [B][G][tokens of the continuation]; not to be changed. */
  public float[][][] logps() {
    return logps;
  }

  long weights() {
    return weights;
  }

  long handle() {
    return handle;
  }

  /** Packs values in the shape of {@link #logps}. */
  float[] pack(float[][][] values) {
    return batch.pack(values);
  }

  /** Ends the life of the graph for {@link Scoring#backward}, once. */
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
  }
}
