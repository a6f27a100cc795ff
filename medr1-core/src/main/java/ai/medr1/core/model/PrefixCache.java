package ai.medr1.core.model;

import ai.djl.pytorch.jni.IValue;
import ai.medr1.core.text.Prompt;
import java.util.List;

/**
 * Encoded prompts: the keys and values of every layer and the last hidden states, once per prompt.
 * Belongs to whoever called {@link Drawing#encode}; closing it frees the native memory.
 */
public final class PrefixCache implements AutoCloseable {
  private final List<Prompt> prompts;
  private final PackedBatch batch;
  private final IValue tensors;
  private final long weights;

  /**
   * @param weights number of the weights that encoded them
   */
  PrefixCache(List<Prompt> prompts, PackedBatch batch, IValue tensors, long weights) {
    this.prompts = prompts;
    this.batch = batch;
    this.tensors = tensors;
    this.weights = weights;
  }

  List<Prompt> prompts() {
    return prompts;
  }

  PackedBatch batch() {
    return batch;
  }

  IValue tensors() {
    return tensors;
  }

  long weights() {
    return weights;
  }

  @Override
  public void close() {
    tensors.close();
  }
}
