package ai.medr1.core.model;

import ai.djl.ndarray.NDArray;
import ai.medr1.core.checkpoint.Checkpoint;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.NamedTensor;
import ai.medr1.core.checkpoint.TensorInfo;
import ai.medr1.core.checkpoint.TensorSource;
import ai.medr1.core.torchscript.Arguments;
import ai.medr1.core.torchscript.Kernels;
import ai.medr1.core.torchscript.Key;
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
    return named(name, exactKind(name), name, DType.F32);
  }

  /** Where the most exact values of a weight are. */
  String exactKind(String name) {
    return has("master", name) ? "master" : "w";
  }

  List<Long> shape(String name) {
    TensorInfo info = checkpoint.weights().get(name);
    if (info != null) {
      return info.shape();
    }
    return lora.flatMap(branches -> Optional.ofNullable(branches.shapes().get(name)))
        .orElseThrow(() -> new IllegalArgumentException("this model has no weight " + name));
  }

  /** How many elements a weight has, where an array can hold them. */
  int size(String name) {
    return Math.toIntExact(elements(name));
  }

  private long elements(String name) {
    return shape(name).stream().mapToLong(Long::longValue).reduce(1, Math::multiplyExact);
  }

  /** Some elements of what is kept, flat, in row-major order; empty where there is none. */
  float[] part(String kind, String name, long start, long count) {
    requirePart(name, start, count);
    try (NDArray array = kernels.get("stored", kernels.manager(), kind, name, start, count)) {
      return array.toFloatArray();
    }
  }

  /**
   * Puts values into a weight, {@code w}, with its master, or into a gradient, {@code g}.
   *
   * @param adds to what is there
   */
  void put(String kind, String name, long start, float[] values, boolean adds) {
    kernels.set("set_path", kind + "/" + name);
    try (Arguments a = new Arguments(kernels.manager())) {
      a.integer(Key.START, start)
          .integer(Key.ADDS, adds ? 1 : 0)
          .numbers(Key.VALUE, values, values.length);
      kernels.train("write", a);
    }
  }

  /**
   * @throws IllegalArgumentException if this model has no such weight, or it is smaller
   */
  void requirePart(String name, long start, long count) {
    long elements = elements(name);
    if (start < 0 || count < 0 || start > elements - count) {
      throw new IllegalArgumentException(
          "%s has %d elements %s, found a part of %d from %d"
              .formatted(name, elements, shape(name), count, start));
    }
  }
}
