package ai.medr1.core.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.medr1.core.checkpoint.Adapter;
import ai.medr1.core.checkpoint.Checkpoint;
import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.image.PixelValues;
import ai.medr1.core.text.Prompt;
import ai.medr1.core.torchscript.Arguments;
import ai.medr1.core.torchscript.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/**
 * What the roles of one model share; {@link QwenVl} makes it and owns the kernels.
 *
 * @param kernels hold the weights and compute
 * @param inputs batches as the arrays that kernels read
 * @param trained names of the weights that are trained
 * @param tensors what the kernels keep for every weight
 * @param version which weights these are
 * @param handles the last name that was given to something in native memory
 */
record Network(
    Checkpoint checkpoint,
    LoadOptions options,
    Kernels kernels,
    Inputs inputs,
    Optional<LoraBranches> lora,
    VisionFeatures vision,
    List<String> trained,
    StoredTensors tensors,
    WeightsVersion version,
    AtomicLong handles) {

  static Network of(
      Checkpoint checkpoint,
      Optional<Adapter> adapter,
      LoadOptions options,
      Kernels kernels,
      int logitsAtOnce) {
    ModelConfig config = checkpoint.config();
    Inputs inputs = new Inputs(config, logitsAtOnce);
    AtomicLong handles = new AtomicLong();
    Optional<LoraBranches> lora = LoraBranches.of(adapter, config, options, kernels);
    return new Network(
        checkpoint,
        options,
        kernels,
        inputs,
        lora,
        new VisionFeatures(kernels, inputs, options, config, handles::incrementAndGet),
        options.trains() ? trained(checkpoint, lora, options) : List.of(),
        new StoredTensors(checkpoint, lora, kernels),
        new WeightsVersion(),
        handles);
  }

  private static List<String> trained(
      Checkpoint checkpoint, Optional<LoraBranches> lora, LoadOptions options) {
    if (lora.isPresent()) {
      return List.copyOf(lora.get().shapes().keySet());
    }
    Predicate<String> frozen = name -> options.freezeVision() && name.startsWith("visual.");
    return checkpoint.weights().keySet().stream().filter(frozen.negate()).toList();
  }

  /** The names of all weights, those of adapters among them. */
  List<String> weights() {
    List<String> names = new ArrayList<>(checkpoint.weights().keySet());
    lora.ifPresent(branches -> names.addAll(branches.shapes().keySet()));
    return names;
  }

  ModelConfig config() {
    return checkpoint.config();
  }

  /** A name for something in native memory that nothing else has. */
  long newHandle() {
    return handles.incrementAndGet();
  }

  /** To be called before weights change: what was kept to be used with them is freed. */
  void beforeWeightsChange() {
    vision.forget();
  }

  static List<PixelValues> images(List<Prompt> prompts) {
    return prompts.stream().flatMap(prompt -> prompt.images().stream()).toList();
  }

  /** Image token embeddings [image tokens, D], float32, in the order of the prompts' images. */
  NDArray features(List<Prompt> prompts, NDManager owner) {
    return vision.of(images(prompts), owner);
  }

  /** Calls a kernel without gradients that gives one array, which belongs to the arguments. */
  NDArray infer(String method, Arguments a) {
    try (IValue result = kernels.infer(method, a)) {
      return result.toTensor((PtNDManager) a.scope());
    }
  }
}
