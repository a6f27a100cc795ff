package ai.medr1.core.model;

import ai.medr1.core.checkpoint.Adapter;
import ai.medr1.core.checkpoint.Adapter.Branch;
import ai.medr1.core.checkpoint.Adapter.Rows;
import ai.medr1.core.checkpoint.Adapter.Start;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.LoraLayers;
import ai.medr1.core.checkpoint.SafetensorsFile;
import ai.medr1.core.checkpoint.TensorInfo;
import ai.medr1.core.torchscript.Arguments;
import ai.medr1.core.torchscript.Kernels;
import ai.medr1.core.torchscript.Key;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Brings an adapter into the kernels, which hold the weights of its base already. */
final class AdapterWeights {
  private static final Logger LOG = LoggerFactory.getLogger(AdapterWeights.class);

  private final Adapter adapter;
  private final Kernels kernels;
  private final WeightLoader loader;
  private final LoadOptions options;

  AdapterWeights(Adapter adapter, Kernels kernels, WeightLoader loader, LoadOptions options) {
    this.adapter = adapter;
    this.kernels = kernels;
    this.loader = loader;
    this.options = options;
  }

  /**
   * Changes the weights that the adapter changes, and stores the matrices of its branches.
   *
   * @param folded layers whose branches become part of their weights
   */
  void fill(Set<String> folded) {
    adapter.rows().forEach(this::putRows);
    adapter.branches().forEach(this::takeOffStart);
    tellUntied();
    Map<String, Branch> kept = new LinkedHashMap<>(adapter.branches());
    kept.keySet().removeAll(folded);
    load(kept, "w/", options.dtype());
    if (!options.trains() && options.dtype() != DType.F32) {
      load(kept, "master/", DType.F32); // merging adds them as exactly as PEFT does
    }
    Map<String, Branch> others = new LinkedHashMap<>(adapter.branches());
    others.keySet().retainAll(folded);
    load(others, "w/", DType.F32);
    others.forEach((layer, branch) -> call("fold", layer, a -> a.real(Key.SCALE, branch.scale())));
    adapter.branches().forEach(this::addBias);
  }

  private void tellUntied() {
    if (adapter.unties()) {
      LOG.warn(
          "{} changes the embedding or the head of a model that uses one table for both: they are"
              + " two tables now, as the adapter was trained (merge_and_unload of PEFT would put"
              + " both changes into one)",
          adapter.dir());
    }
  }

  private void putRows(String layer, Rows rows) {
    int[] tokens = rows.tokens().stream().mapToInt(Integer::intValue).toArray();
    long[] shape = rows.values().shape().stream().mapToLong(Long::longValue).toArray();
    call(
        "put_rows",
        layer,
        a -> a.integers(Key.ROWS, tokens).numbers(Key.VALUE, floats(rows.values()), shape));
  }

  private void takeOffStart(String layer, Branch branch) {
    if (branch.start() != Start.PLAIN) {
      boolean pissa = branch.start() == Start.PISSA;
      call(
          "take_off_start",
          layer,
          a ->
              a.integer(Key.PISSA, pissa ? 1 : 0)
                  .integer(Key.RANK, branch.rank())
                  .real(Key.SCALE, branch.scale()));
    }
  }

  private void load(Map<String, Branch> branches, String kind, DType dtype) {
    Map<String, TensorInfo> stored = new LinkedHashMap<>();
    branches.forEach(
        (layer, branch) -> {
          if (branch.transposed()) {
            // what the table's rows are made of is B's transpose, and A's what selects it
            putTransposed(kind + LoraLayers.down(layer), branch.up(), dtype);
            putTransposed(kind + LoraLayers.up(layer), branch.down(), dtype);
          } else {
            stored.put(LoraLayers.down(layer), branch.down());
            stored.put(LoraLayers.up(layer), branch.up());
          }
        });
    loader.load(stored, name -> kind + name, dtype);
  }

  private void putTransposed(String path, TensorInfo info, DType dtype) {
    int rows = Math.toIntExact(info.shape().get(0));
    int columns = Math.toIntExact(info.shape().get(1));
    float[] values = floats(info);
    float[] transposed = new float[values.length];
    for (int row = 0; row < rows; row++) {
      for (int column = 0; column < columns; column++) {
        transposed[column * rows + row] = values[row * columns + column];
      }
    }
    loader.put(path, transposed, List.of((long) columns, (long) rows), dtype);
  }

  private void addBias(String layer, Branch branch) {
    branch
        .bias()
        .ifPresent(
            bias ->
                call(
                    "add_bias",
                    layer,
                    a ->
                        a.numbers(Key.VALUE, floats(bias), bias.elements())
                            .real(Key.SCALE, branch.scale())));
  }

  private static float[] floats(TensorInfo info) {
    return SafetensorsFile.read(info.file()).floats(info.name());
  }

  private void call(String method, String layer, Consumer<Arguments> fill) {
    kernels.set("set_path", layer);
    try (Arguments a = new Arguments(kernels.manager())) {
      fill.accept(a);
      kernels.train(method, a);
    }
  }
}
