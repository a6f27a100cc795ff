package ai.medr1.core.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDArrays;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.Shape;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.image.PixelValues;
import ai.medr1.core.torchscript.Arguments;
import ai.medr1.core.torchscript.Kernels;
import ai.medr1.core.torchscript.Key;
import java.util.List;
import java.util.Map;
import java.util.WeakHashMap;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link QwenVl} knows of images: image token embeddings [image tokens, D], float32, in the
 * order of the images. Those of a frozen tower are kept as long as their images live. Of a tower
 * that is trained, what the backward pass needs of the images that were encoded last stays in
 * native memory until they are scored, others are encoded, or {@link #forget}.
 *
 * <p>Knows neither prompts nor completions.
 */
final class VisionFeatures {
  /** Patches from which on a run of the tower takes no further image. */
  private static final int RUN_PATCHES = 2048;

  private final Kernels kernels;
  private final Inputs inputs;
  private final LoadOptions options;
  private final ModelConfig config;
  private final LongSupplier handles;
  private final Map<PixelValues, float[]> frozen = new WeakHashMap<>();
  private @Nullable Tape last;

  /** A run of the tower that waits in native memory. */
  private record Tape(long handle, List<PixelValues> images) {
    @SuppressWarnings("ReferenceEquality") // the very same images; comparing pixels would cost more
    boolean isOf(List<PixelValues> others) {
      return images.size() == others.size()
          && IntStream.range(0, images.size()).allMatch(i -> images.get(i) == others.get(i));
    }
  }

  /**
   * @param handles gives a name for a graph that no other has
   */
  VisionFeatures(
      Kernels kernels,
      Inputs inputs,
      LoadOptions options,
      ModelConfig config,
      LongSupplier handles) {
    this.kernels = kernels;
    this.inputs = inputs;
    this.options = options;
    this.config = config;
    this.handles = handles;
  }

  NDArray of(List<PixelValues> images, NDManager owner) {
    if (images.isEmpty()) {
      return owner.create(new float[0]);
    }
    return options.keepsVision() ? cached(images, owner) : compute(images, owner);
  }

  /** The same, of images that are likely to be scored next. */
  NDArray ofNextToScore(List<PixelValues> images, NDManager owner) {
    forget();
    boolean keeps = options.trains() && !options.keepsVision() && options.lora().isEmpty();
    if (!keeps || images.isEmpty()) {
      return of(images, owner);
    }
    last = new Tape(handles.getAsLong(), images);
    try (Arguments a = new Arguments(kernels.manager())) {
      inputs.addVision(a, images);
      NDArray features = kernels.train("keep_vision", a.integer(Key.HANDLE, last.handle())).get(0);
      features.attach(owner);
      return features;
    }
  }

  /** Tells a graph what it needs of its images. */
  void addToScore(Arguments a, List<PixelValues> images) {
    if (last != null && last.isOf(images)) {
      a.integer(Key.KEPT, last.handle());
      a.numbers(Key.FEATURES, new float[0], 0);
      last = null; // its tape goes on as a part of the graph
    } else if (options.keepsVision() || images.isEmpty()) {
      a.array(Key.FEATURES, of(images, a.scope()));
    } else {
      inputs.addVision(a, images);
      a.numbers(Key.FEATURES, new float[0], 0);
    }
  }

  /** Frees what waits to be scored; to be called before weights change. */
  void forget() {
    if (last != null) {
      kernels.release(last.handle());
      last = null;
    }
  }

  /** Frees the features of a tower that is not trained, whose weights were changed by hand. */
  void forgetFeatures() {
    frozen.clear();
  }

  /** In runs of a few images: more at once gain no speed and cost copies of all their pixels. */
  private NDArray compute(List<PixelValues> images, NDManager owner) {
    int first = 0;
    NDList parts = new NDList();
    while (first < images.size()) {
      int end = endOfRun(images, first);
      parts.add(computeRun(images.subList(first, end), owner));
      first = end;
    }
    try (parts) {
      return NDArrays.concat(parts);
    }
  }

  private static int endOfRun(List<PixelValues> images, int first) {
    int end = first;
    int patches = 0;
    while (end < images.size() && (end == first || patches < RUN_PATCHES)) {
      patches += images.get(end++).grid().patches();
    }
    return end;
  }

  private NDArray computeRun(List<PixelValues> images, NDManager owner) {
    try (Arguments a = new Arguments(kernels.manager())) {
      inputs.addVision(a, images);
      try (IValue result = kernels.infer("features", a)) {
        return result.toTensor((PtNDManager) owner);
      }
    }
  }

  private NDArray cached(List<PixelValues> images, NDManager owner) {
    NDList parts = new NDList();
    int hidden = config.text().hiddenSize();
    for (PixelValues image : images) {
      float[] values = frozen.get(image);
      if (values == null) {
        try (NDArray computed = compute(List.of(image), owner)) {
          values = computed.toFloatArray();
        }
        frozen.put(image, values);
      }
      parts.add(owner.create(values, new Shape(values.length / hidden, hidden)));
    }
    return NDArrays.concat(parts);
  }
}
