package ai.medr1.core.memory;

import ai.medr1.core.checkpoint.LoraLayers;
import ai.medr1.core.checkpoint.Parameters;
import ai.medr1.core.config.LoraConfig;
import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.model.LoadOptions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Predicate;

/** Adds up a {@link MemoryPlan}. */
final class Footprint {
  private static final long MIB = 1 << 20;

  /** JVM and libtorch, as measured on Linux. */
  private static final long CPU_PROGRAM = 350 * MIB;

  /** What the tokenizers of models and trainer keep of a token together, measured likewise. */
  private static final long TOKENIZERS = 2400;

  /** A CUDA context with the kernels of libtorch and the workspace of cuBLAS. */
  private static final long GPU_PROGRAM = 700 * MIB;

  private final ModelConfig config;
  private final LoadOptions options;
  private final Workload work;
  private final boolean recompute;
  private final Layers layers;
  private final Map<String, List<Long>> shapes;
  private final Map<String, List<Long>> adapters;

  /** A part of the tape: what it keeps, what it needs while it is differentiated. */
  private record Segment(long kept, long working, long gradient) {}

  Footprint(ModelConfig config, LoadOptions options, Workload work, boolean recompute) {
    this.config = config;
    this.options = options;
    this.work = work;
    this.recompute = recompute;
    this.layers = new Layers(config, options, work);
    this.shapes = Parameters.of(config);
    this.adapters =
        options
            .lora()
            .map(lora -> LoraLayers.shapes(LoraLayers.of(lora, config), lora.rank(), config))
            .orElse(Map.of());
  }

  MemoryPlan plan(OptionalLong available) {
    List<Segment> tape = tape();
    long base = program() + weights() + reference() + masters() + optimizer();
    long forward = layers.textForward(work.tokens()) + layers.logits();
    long step = Math.max(sampling(), Math.max(forward, differentiated(tape)));
    return new MemoryPlan(
        work,
        recompute,
        program(),
        weights(),
        reference(),
        masters(),
        gradients(),
        optimizer(),
        sampling(),
        kept(tape),
        layers.logits(),
        base + step,
        available);
  }

  // ---- what stays

  private long program() {
    if (options.device().isGpu()) {
      return GPU_PROGRAM;
    }
    // Images count twice: as garbage, too, until it is collected.
    long images = 2 * work.heldImages() * layers.heldImage();
    return CPU_PROGRAM + TOKENIZERS * config.text().vocabSize() + images;
  }

  private long element() {
    return options.dtype().bytes();
  }

  private long weights() {
    return element() * (count(shapes, name -> true) + count(adapters, name -> true));
  }

  private long reference() {
    return work.reference() && options.lora().isEmpty()
        ? element() * count(shapes, name -> true)
        : 0;
  }

  private long masters() {
    return element() < Float.BYTES ? Float.BYTES * trained("") : 0;
  }

  private long gradients() {
    return Float.BYTES * trained("");
  }

  private long optimizer() {
    return 2 * Float.BYTES * trained("");
  }

  /** Values that are trained in what a name begins with. */
  private long trained(String prefix) {
    Map<String, List<Long>> learning = options.lora().isPresent() ? adapters : shapes;
    return count(learning, name -> name.startsWith(prefix) && !isFrozen(name));
  }

  private boolean isFrozen(String name) {
    return options.freezeVision() && name.startsWith("visual.");
  }

  private boolean learns(String prefix) {
    return trained(prefix) > 0;
  }

  private static long count(Map<String, List<Long>> shapes, Predicate<String> wanted) {
    return shapes.entrySet().stream()
        .filter(tensor -> wanted.test(tensor.getKey()))
        .mapToLong(tensor -> tensor.getValue().stream().reduce(1L, Math::multiplyExact))
        .sum();
  }

  // ---- drawing completions

  private long sampling() {
    if (!work.draws()) {
      return 0;
    }
    long prompts = work.promptsOfStep();
    long tokens = prompts * work.promptTokens();
    long own = prompts * work.group() * work.completionTokens();
    long encode = Math.max(layers.textForward(tokens), layers.visionForward(prompts));
    long decode = layers.cache(own) + layers.drawing() + layers.packedWeights();
    return layers.cache(tokens) + Math.max(encode, decode) + merged();
  }

  /** Adapters are merged for drawing in float32 only; the base's own weights stay beside. */
  private long merged() {
    if (options.lora().isEmpty() || element() < Float.BYTES) {
      return 0;
    }
    LoraConfig lora = options.lora().get();
    List<String> layers = LoraLayers.of(lora, config);
    return Float.BYTES * count(shapes, name -> layers.contains(name.replaceAll("\\.weight$", "")));
  }

  // ---- score and backward

  /** In the order of the forward pass. */
  private List<Segment> tape() {
    List<Segment> tape = new ArrayList<>();
    boolean vision = learns("visual.");
    if (vision) {
      addVision(tape);
    }
    for (int i = 0; i < config.text().layers(); i++) {
      String name = "model.layers." + i + ".";
      tape.add(segment(name, layers.textInput(), layers.textLayer(), layers.textBackward()));
    }
    tape.add(new Segment(layers.lastNorm(), 0, Float.BYTES * trained("model.norm.")));
    return tape;
  }

  private void addVision(List<Segment> tape) {
    tape.add(new Segment(layers.pixels(), 0, Float.BYTES * trained("visual.patch_embed.")));
    for (int i = 0; i < config.vision().depth(); i++) {
      String name = "visual.blocks." + i + ".";
      tape.add(segment(name, layers.visionInput(), layers.visionBlock(), layers.visionBackward()));
    }
    tape.add(segment("visual.merger.", layers.visionInput(), layers.merger(), 0));
  }

  private Segment segment(String name, long input, long all, long backward) {
    long gradient = Float.BYTES * trained(name);
    long cast = element() < Float.BYTES ? element() * trained(name) : 0;
    return recompute
        ? new Segment(input, all + backward + cast, gradient)
        : new Segment(all, backward + cast, gradient);
  }

  private long kept(List<Segment> tape) {
    return tape.stream().mapToLong(Segment::kept).sum() + layers.mask();
  }

  /**
   * The most that is alive while the tape is walked from its end: what is still kept, the gradients
   * so far, and the segment at hand. From a second micro-batch on all gradients are there.
   */
  private long differentiated(List<Segment> tape) {
    long table = Float.BYTES * (trained("model.embed_tokens.") + trained("lm_head."));
    boolean several = work.microBatches() > 1;
    long gradients = several ? gradients() : table;
    long alive = kept(tape);
    long peak = alive + gradients + layers.logits();
    for (int i = tape.size() - 1; i >= 0; i--) {
      Segment segment = tape.get(i);
      gradients += several ? 0 : segment.gradient();
      long fresh = several ? segment.gradient() : 0; // added to those that are there
      peak = Math.max(peak, alive + gradients + fresh + segment.working());
      alive -= segment.kept();
    }
    return peak;
  }
}
