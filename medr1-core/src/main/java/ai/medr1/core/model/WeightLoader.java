package ai.medr1.core.model;

import ai.medr1.core.checkpoint.Checkpoint;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.SafetensorsFile;
import ai.medr1.core.checkpoint.TensorInfo;
import ai.medr1.core.torchscript.Arguments;
import ai.medr1.core.torchscript.Kernels;
import ai.medr1.core.torchscript.Key;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/**
 * Brings the weights of a checkpoint into the kernels. Files are mapped into memory, so a weight
 * that already has the wanted dtype is not copied; what training changes stays private to the
 * process.
 */
final class WeightLoader {
  private final Kernels kernels;
  private final DType dtype;

  WeightLoader(Kernels kernels, DType dtype) {
    this.kernels = kernels;
    this.dtype = dtype;
  }

  /** The weights of a checkpoint, in the model's dtype. */
  void load(Checkpoint checkpoint) {
    load(checkpoint.weights(), name -> "w/" + name, dtype);
  }

  /**
   * Stored tensors.
   *
   * @param place where the kernels store a tensor, as kind/name
   */
  void load(Map<String, TensorInfo> tensors, UnaryOperator<String> place, DType wanted) {
    Map<Source, List<Map.Entry<String, TensorInfo>>> sources =
        tensors.entrySet().stream()
            .collect(Collectors.groupingBy(Source::of, LinkedHashMap::new, Collectors.toList()));
    sources.forEach((source, entries) -> load(source, entries, place, wanted));
  }

  /** Tensors of one dtype in one file; those that are aligned are cut out of one mapping. */
  private record Source(Path file, DType dtype, boolean aligned) {
    static Source of(Map.Entry<String, TensorInfo> tensor) {
      TensorInfo info = tensor.getValue();
      return new Source(info.file(), info.dtype(), info.offset() % info.dtype().bytes() == 0);
    }
  }

  private void load(
      Source source,
      List<Map.Entry<String, TensorInfo>> tensors,
      UnaryOperator<String> place,
      DType wanted) {
    if (source.aligned()) {
      map(source);
      tensors.forEach(t -> cut(place.apply(t.getKey()), t.getValue(), wanted));
      call("unmap", "", a -> {});
    } else {
      SafetensorsFile file = SafetensorsFile.read(source.file());
      tensors.forEach(t -> copy(place.apply(t.getKey()), t.getValue(), file, wanted));
    }
  }

  private void map(Source source) {
    long bytes;
    try {
      bytes = Files.size(source.file());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read the size of " + source.file(), e);
    }
    call(
        "map_file",
        source.file().toString(),
        a ->
            a.integer(Key.COUNT, bytes / source.dtype().bytes())
                .integer(Key.CODE, source.dtype().torchCode()));
  }

  private void cut(String path, TensorInfo info, DType wanted) {
    int[] shape = info.shape().stream().mapToInt(Math::toIntExact).toArray();
    call(
        "cut",
        path,
        a ->
            a.integer(Key.START, info.offset() / info.dtype().bytes())
                .integer(Key.COUNT, info.elements())
                .integers(Key.SHAPE, shape)
                .integer(Key.CODE, wanted.torchCode())
                .real(Key.WHERE, 0));
  }

  /** For data that does not begin at a multiple of its element size. */
  private void copy(String path, TensorInfo info, SafetensorsFile file, DType wanted) {
    put(path, file.floats(info.name()), info.shape(), wanted);
  }

  /** Values that are in memory. */
  void put(String path, float[] values, List<Long> shape, DType wanted) {
    long[] sizes = shape.stream().mapToLong(Long::longValue).toArray();
    call(
        "put",
        path,
        a ->
            a.numbers(Key.VALUE, values, sizes)
                .integer(Key.CODE, wanted.torchCode())
                .real(Key.WHERE, 0));
  }

  private void call(String method, String path, java.util.function.Consumer<Arguments> fill) {
    kernels.set("set_path", path);
    try (Arguments a = new Arguments(kernels.manager())) {
      fill.accept(a);
      kernels.train(method, a);
    }
  }

  /** Tells the kernels which segment of the forward pass every weight belongs to. */
  void assignSegments(Iterable<String> names) {
    Map<String, Boolean> known = new HashMap<>();
    for (String name : names) {
      if (known.put(name, true) == null) {
        kernels.set("set_member", segment(name), name);
      }
    }
  }

  private static String segment(String name) {
    String[] parts = name.split("\\.");
    if (name.startsWith("visual.blocks.")) {
      return "vision." + parts[2];
    }
    if (name.startsWith("visual.patch_embed.")) {
      return "vision.embed";
    }
    if (name.startsWith("visual.merger.")) {
      return "vision.merge";
    }
    if (name.startsWith("model.layers.")) {
      return "text." + parts[2];
    }
    return name.equals("model.norm.weight") ? "text.norm" : "table";
  }
}
