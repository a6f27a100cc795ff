package ai.medr1.core.model;

import ai.medr1.core.InputException;
import ai.medr1.core.checkpoint.Adapter;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.LoraLayers;
import ai.medr1.core.config.LoraConfig;
import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.torchscript.Arguments;
import ai.medr1.core.torchscript.Kernels;
import ai.medr1.core.torchscript.Key;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The LoRA branches of a model, and whether they take part in what it computes. */
final class LoraBranches {

  /** On as branches; merged into the weights; off, so that the model is its base. */
  enum State {
    ON,
    MERGED,
    OFF
  }

  /**
   * Layers that are read in other ways than by a product with their weight; their branches become
   * part of the weight for good.
   */
  private static final Set<String> FOLDED =
      Set.of("model.embed_tokens", "lm_head", "visual.patch_embed.proj");

  private final Kernels kernels;
  private final LoadOptions options;
  private final Optional<Adapter> adapter;
  private final Map<String, Double> scales;
  private final Map<String, List<Long>> shapes;
  private State state = State.ON;
  private int scored;

  private LoraBranches(
      Kernels kernels,
      LoadOptions options,
      Optional<Adapter> adapter,
      Map<String, Double> scales,
      Map<String, List<Long>> shapes) {
    this.kernels = kernels;
    this.options = options;
    this.adapter = adapter;
    this.scales = scales;
    this.shapes = shapes;
  }

  /**
   * The branches that a model is to have; empty for none.
   *
   * @throws InputException if the adapter is another one than is to be trained
   */
  static Optional<LoraBranches> of(
      Optional<Adapter> adapter, ModelConfig config, LoadOptions options, Kernels kernels) {
    if (options.lora().isPresent()) {
      return Optional.of(trained(options.lora().get(), adapter, config, options, kernels));
    }
    if (adapter.isPresent() && options.trains()) {
      throw new IllegalArgumentException("an adapter is trained with LoadOptions.withLora only");
    }
    return adapter.map(a -> of(a, options, kernels));
  }

  private static LoraBranches of(Adapter adapter, LoadOptions options, Kernels kernels) {
    Map<String, Double> scales = new LinkedHashMap<>();
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    adapter
        .branches()
        .forEach(
            (layer, branch) -> {
              if (!FOLDED.contains(layer)) {
                scales.put(layer, branch.scale());
                shapes.put(LoraLayers.down(layer), branch.down().shape());
                shapes.put(LoraLayers.up(layer), branch.up().shape());
              }
            });
    return new LoraBranches(kernels, options, Optional.of(adapter), scales, shapes);
  }

  private static LoraBranches trained(
      LoraConfig lora,
      Optional<Adapter> adapter,
      ModelConfig config,
      LoadOptions options,
      Kernels kernels) {
    adapter.ifPresent(
        a ->
            a.difference(lora, config)
                .ifPresent(
                    difference -> {
                      throw new InputException(
                          a.dir()
                              + " has "
                              + difference
                              + "; go on with the settings that it was trained with");
                    }));
    Map<String, Double> scales = new LinkedHashMap<>();
    List<String> layers = LoraLayers.of(lora, config);
    layers.forEach(layer -> scales.put(layer, lora.alpha() / lora.rank()));
    Map<String, List<Long>> shapes = LoraLayers.shapes(layers, lora.rank(), config);
    return new LoraBranches(kernels, options, adapter, scales, shapes);
  }

  /** Brings the matrices into the kernels: those of the adapter, or new ones. */
  void fill(WeightLoader loader) {
    adapter.ifPresentOrElse(
        a -> new AdapterWeights(a, kernels, loader, options).fill(FOLDED),
        () -> options.lora().ifPresent(lora -> create(loader, lora.seed())));
    loader.assignSegments(shapes.keySet());
    scales.forEach(
        (layer, scale) -> {
          String name = layer + ".lora_scale";
          loader.put("w/" + name, new float[] {scale.floatValue()}, List.of(), DType.F32);
          loader.assignSegments(List.of(name));
          kernels.set("set_member", "lora", layer);
        });
    if (!options.trains() && options.dtype() == DType.F32) {
      merge();
    }
  }

  /**
   * Requires that what the adapter does has a place in a checkpoint.
   *
   * @throws InputException if not
   */
  void requireMergeable(Set<String> weights) {
    adapter.ifPresent(
        a ->
            a.branches()
                .forEach(
                    (layer, branch) -> {
                      if (branch.bias().isPresent() && !weights.contains(layer + ".bias")) {
                        throw new InputException(
                            "%s: lora_bias gives %s a bias, for which a checkpoint has no place, so it cannot be merged; use it as an adapter"
                                .formatted(a.dir(), layer));
                      }
                    }));
  }

  /** A as PyTorch's linear layers begin, which PEFT takes over; B zero. */
  private void create(WeightLoader loader, long seed) {
    List<String> layers = List.copyOf(scales.keySet());
    for (int i = 0; i < layers.size(); i++) {
      String down = LoraLayers.down(layers.get(i));
      String up = LoraLayers.up(layers.get(i));
      float[] first = uniform(shapes(down), RandomStreams.key(seed, 0, i));
      loader.put("w/" + down, first, shapes(down), options.dtype());
      loader.put("w/" + up, new float[size(shapes(up))], shapes(up), options.dtype());
    }
  }

  /** Kaiming's with a = √5: uniform within 1 / √in. */
  private static float[] uniform(List<Long> shape, long stream) {
    int in = Math.toIntExact(shape.get(1));
    double bound = 1 / Math.sqrt(in);
    float[] values = new float[size(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) ((2 * RandomStreams.uniform(stream, i / in, i % in) - 1) * bound);
    }
    return values;
  }

  private static int size(List<Long> shape) {
    return Math.toIntExact(shape.get(0) * shape.get(1));
  }

  private List<Long> shapes(String name) {
    List<Long> shape = shapes.get(name);
    if (shape == null) {
      throw new IllegalArgumentException("no branch has a matrix " + name);
    }
    return shape;
  }

  /** All matrices by name. */
  Map<String, List<Long>> shapes() {
    return shapes;
  }

  State state() {
    return state;
  }

  void require(State wanted) {
    if (state != wanted) {
      throw new IllegalStateException(
          "the adapters are " + state + ", this needs them " + wanted + ": call unmerge() first");
    }
  }

  void merge() {
    require(State.ON);
    call("merge");
    state = State.MERGED;
  }

  void unmerge() {
    require(State.MERGED);
    call("unmerge");
    state = State.ON;
  }

  private void call(String method) {
    try (Arguments a = new Arguments(kernels.manager())) {
      kernels.train(method, a);
    }
  }

  void off() {
    require(State.ON);
    kernels.set("set_branches", false);
    state = State.OFF;
  }

  void on() {
    require(State.OFF);
    kernels.set("set_branches", true);
    state = State.ON;
  }

  /**
   * What is dropped follows from the seed, the updates so far and the micro-batches since, so a
   * resumed run drops what an uninterrupted one would have.
   */
  void addDropout(Arguments a, long updates) {
    double dropout = options.lora().map(LoraConfig::dropout).orElse(0.0);
    if (dropout > 0) {
      long seed = options.lora().map(LoraConfig::seed).orElse(0L);
      a.real(Key.LORA_DROPOUT, dropout);
      a.integer(Key.LORA_KEY, RandomStreams.key(~seed, updates, scored) >>> 8);
      scored++;
    }
  }

  /** The gradients of a step are complete. */
  void nextStep() {
    scored = 0;
  }
}
