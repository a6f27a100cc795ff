package ai.medr1.core.model;

import ai.djl.ndarray.NDArray;
import ai.medr1.core.checkpoint.Checkpoint;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.NamedTensor;
import ai.medr1.core.checkpoint.TensorInfo;
import ai.medr1.core.checkpoint.TensorSource;
import ai.medr1.core.torchscript.Kernels;
import java.util.List;
import java.util.Optional;

/**
 * What the kernels keep for every weight of a model, by kind: {@code w} the weight, {@code g} its
 * gradient, {@code m} and {@code v} its moments, {@code master} its float32 copy where the model
 * computes in bfloat16.
 */
final class StoredTensors {
  /** Elements that are read at once: 16 MiB. */
  private static final long CHUNK = 1 << 22;

  private final Checkpoint checkpoint;
  private final Optional<LoraBranches> lora;
  private final Kernels kernels;

  StoredTensors(Checkpoint checkpoint, Optional<LoraBranches> lora, Kernels kernels) {
    this.checkpoint = checkpoint;
    this.lora = lora;
    this.kernels = kernels;
  }

  /** All of it, flat, in row-major order; empty where there is none. */
  float[] all(String kind, String name) {
    return part(kind, name, 0, elements(name));
  }

  boolean has(String kind, String name) {
    return part(kind, name, 0, 1).length > 0;
  }

  /** For a file; read piece by piece when it is written. */
  NamedTensor named(String title, String kind, String name, DType dtype) {
    long elements = elements(name);
    TensorSource source =
        channel -> {
          for (long start = 0; start < elements; start += CHUNK) {
            float[] part = part(kind, name, start, Math.min(CHUNK, elements - start));
            TensorSource.floats(dtype, part).writeTo(channel);
          }
        };
    return new NamedTensor(title, dtype, shape(name), source);
  }

  /** A weight as the optimizer knows it. */
  NamedTensor exact(String name) {
    return named(name, has("master", name) ? "master" : "w", name, DType.F32);
  }

  List<Long> shape(String name) {
    TensorInfo info = checkpoint.weights().get(name);
    if (info != null) {
      return info.shape();
    }
    return lora.flatMap(branches -> Optional.ofNullable(branches.shapes().get(name)))
        .orElseThrow(() -> new IllegalArgumentException("this model has no weight " + name));
  }

  private long elements(String name) {
    return shape(name).stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
  }

  private float[] part(String kind, String name, long start, long count) {
    try (NDArray array = kernels.get("stored", kernels.manager(), kind, name, start, count)) {
      return array.toFloatArray();
    }
  }
}
