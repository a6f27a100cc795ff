package ai.medr1.core.model;

import ai.djl.ndarray.types.DataType;
import ai.medr1.core.InputException;
import ai.medr1.core.torchscript.Arguments;
import ai.medr1.core.torchscript.Key;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * A model that learns: {@link QwenVl#learner}. Gradients that {@link Scoring#backward} has added up
 * become an update of the weights.
 *
 * <p>Weights and gradients can be read and written as flat arrays in row-major order, whole or in
 * parts, by the names of the weights in the public checkpoints: what workers that share a step
 * exchange. Arrays are float32 whatever the model computes in, and belong to the caller.
 */
public final class Learner {
  private final Network network;
  private final StoredTensors tensors;
  private final OptimizerState optimizer;

  Learner(Network network) {
    this.network = network;
    this.tensors = network.tensors();
    this.optimizer = new OptimizerState(tensors, network.trained(), network.kernels());
  }

  /** The names of the weights that are trained; none of a model that is loaded for inference. */
  public List<String> trained() {
    return network.trained();
  }

  /** How many updates were made, in the runs before as well that this one goes on from. */
  public long updates() {
    return network.version().updates();
  }

  // ---- a step, in one call or in its parts

  /**
   * Clips the gradients, updates the weights and forgets the gradients. A norm that is not finite
   * changes no weight.
   *
   * @return the global norm of the gradients before clipping
   */
  public double step(AdamW settings, double learningRate) {
    double norm = gradientNorm();
    if (Double.isFinite(norm)) {
      clipGradients(norm, settings.maxGradNorm());
      update(settings, learningRate);
    }
    zeroGradients();
    return norm;
  }

  /** The global norm of the gradients, as they are. */
  public double gradientNorm() {
    try (Arguments a = new Arguments(network.kernels().manager())) {
      return network
          .kernels()
          .train("gradient_norm", a)
          .get(0)
          .toType(DataType.FLOAT32, false)
          .getFloat();
    }
  }

  /**
   * Scales the gradients so that their norm is not above a limit, as PyTorch's clip_grad_norm_.
   *
   * @param norm of the gradients
   * @param limit 0 for none
   */
  public void clipGradients(double norm, double limit) {
    if (limit > 0) {
      scaleGradients(Math.min(1, limit / (norm + 1e-6)));
    }
  }

  /** Multiplies the gradients by a number. */
  public void scaleGradients(double factor) {
    if (factor != 1) {
      try (Arguments a = new Arguments(network.kernels().manager())) {
        network.kernels().train("scale_gradients", a.real(Key.SCALE, factor));
      }
    }
  }

  /** Updates the weights by the gradients as they are; they stay. Nothing is clipped. */
  public void update(AdamW settings, double learningRate) {
    network.beforeWeightsChange();
    network.version().updated();
    update(settings, learningRate, true);
    if (settings.spareNorms()) {
      update(settings, learningRate, false);
    }
  }

  private void update(AdamW settings, double learningRate, boolean decays) {
    try (Arguments a = new Arguments(network.kernels().manager())) {
      a.integer(Key.DECAYS, decays ? 1 : 0)
          .integer(Key.SPARE_NORMS, settings.spareNorms() ? 1 : 0)
          .numbers(Key.STEP, new float[] {updates()}, 1)
          .real(Key.LR, learningRate)
          .real(Key.BETA1, settings.beta1())
          .real(Key.BETA2, settings.beta2())
          .real(Key.EPS, settings.eps())
          .real(Key.WEIGHT_DECAY, settings.weightDecay());
      network.kernels().train("adamw", a);
    }
  }

  /** Forgets the gradients that were added up. */
  public void zeroGradients() {
    network.lora().ifPresent(LoraBranches::nextStep);
    try (Arguments a = new Arguments(network.kernels().manager())) {
      network.kernels().train("zero_gradients", a);
    }
  }

  // ---- weights and gradients as arrays

  /** The shape of a weight and of its gradient. */
  public List<Long> shape(String name) {
    return tensors.shape(name);
  }

  /** A weight, flat: the float32 master that the optimizer works on, where there is one. */
  public float[] weight(String name) {
    return weight(name, 0, tensors.size(name));
  }

  /** {@code count} elements of a weight from {@code start}. */
  public float[] weight(String name, long start, int count) {
    return tensors.part(tensors.exactKind(name), name, start, count);
  }

  /**
   * Puts values into a weight from {@code start}, trained or not. In a bfloat16 model they are
   * rounded; where it is trained, its float32 master gets them as they are.
   *
   * @throws IllegalStateException if the model's adapters are merged
   */
  public void setWeight(String name, long start, float[] values) {
    network.lora().ifPresent(branches -> branches.require(LoraBranches.State.ON));
    tensors.requirePart(name, start, values.length);
    network.beforeWeightsChange();
    network.version().changed();
    if (name.startsWith("visual.")) {
      network.vision().forgetFeatures();
    }
    tensors.put("w", name, start, values, false);
  }

  /** The gradient of a weight, flat; empty where nothing has reached it. */
  public float[] gradient(String name) {
    return gradient(name, 0, tensors.size(name));
  }

  /** {@code count} elements of a gradient from {@code start}; empty where there is none. */
  public float[] gradient(String name, long start, int count) {
    return tensors.part("g", name, start, count);
  }

  /**
   * Puts values into the gradient of a weight from {@code start}; where there was none, the rest is
   * 0. An empty array changes nothing, as {@link #gradient} gives one where there is none.
   *
   * @throws IllegalArgumentException if the weight is not trained
   */
  public void setGradient(String name, long start, float[] values) {
    putGradient(name, start, values, false);
  }

  /** Adds values to the gradient of a weight, in other respects as {@link #setGradient}. */
  public void addGradient(String name, long start, float[] values) {
    putGradient(name, start, values, true);
  }

  private void putGradient(String name, long start, float[] values, boolean adds) {
    tensors.requirePart(name, start, values.length);
    if (!network.trained().contains(name)) {
      throw new IllegalArgumentException("this model does not train " + name);
    }
    if (values.length > 0) {
      tensors.put("g", name, start, values, adds);
    }
  }

  /** What the kernels keep of a weight, flat: {@code w}, or the moments {@code m} and {@code v}. */
  float[] stored(String kind, String name) {
    return tensors.part(kind, name, 0, tensors.size(name));
  }

  // ---- files

  /**
   * Writes the state of the optimizer as safetensors: moments and, where the model is bfloat16,
   * master weights.
   *
   * @throws IOException if the disk fails; what was there before stays
   */
  public void saveOptimizer(Path file) throws IOException {
    optimizer.save(file, updates());
  }

  /**
   * Takes up the state of the optimizer again, so that training goes on as if it had never stopped.
   *
   * @throws InputException if the file belongs to another model
   */
  public void loadOptimizer(Path file) {
    network.version().restore(optimizer.load(file));
  }
}
