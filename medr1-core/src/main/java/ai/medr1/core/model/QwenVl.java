package ai.medr1.core.model;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.medr1.core.InputException;
import ai.medr1.core.checkpoint.Adapter;
import ai.medr1.core.checkpoint.AdapterWriter;
import ai.medr1.core.checkpoint.Checkpoint;
import ai.medr1.core.checkpoint.CheckpointWriter;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.LoraLayers;
import ai.medr1.core.checkpoint.NamedTensor;
import ai.medr1.core.config.Family;
import ai.medr1.core.config.LoraConfig;
import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.config.VisionConfig;
import ai.medr1.core.image.PixelValues;
import ai.medr1.core.image.PreprocessorConfig;
import ai.medr1.core.text.Processor;
import ai.medr1.core.text.Prompt;
import ai.medr1.core.torchscript.Arguments;
import ai.medr1.core.torchscript.Kernels;
import ai.medr1.core.torchscript.Threads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ObjIntConsumer;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A Qwen2-VL or Qwen2.5-VL model with its processor: everything that training and evaluation need
 * of the network.
 *
 * <p>Every sequence is a prompt with G continuations. The prompt, its images among it, is computed
 * once; the continuations share it when they are drawn ({@link #encode}, {@link #sample}), scored
 * ({@link #score}, {@link #logProbs}) and differentiated ({@link #backward}).
 *
 * <p>Letters in shapes: B prompts, G continuations of each, L tokens of the longest continuation, D
 * hidden size, V vocabulary.
 *
 * <p>The model owns its native memory until {@link #close}. Calls on one model must not overlap.
 */
public final class QwenVl implements AutoCloseable {
  /** transformers' Trainer.get_decay_parameter_names: biases and what its patterns call a norm. */
  private static final Pattern SPARED =
      Pattern.compile("bias|layernorm|rmsnorm|(?:^|\\.)norm(?:$|\\.)|_norm(?:$|\\.)");

  private static final Pattern VISION_LAYER_NORM = Pattern.compile("\\.(norm1|norm2|ln_q)\\.");

  private final Checkpoint checkpoint;
  private final LoadOptions options;
  private final Kernels kernels;
  private final PreprocessorConfig images;
  final Inputs inputs;
  private final Optional<LoraBranches> lora;
  private final List<String> trained;
  private final StoredTensors tensors;
  private final OptimizerState optimizer;
  private final VisionFeatures vision;
  final FiniteLogits finite;
  private @Nullable Processor processor; // opened when it is asked for: its tokenizer is large
  private long handles;
  private long updates;

  private QwenVl(
      Checkpoint checkpoint,
      Optional<Adapter> adapter,
      LoadOptions options,
      Kernels kernels,
      PreprocessorConfig images) {
    this.checkpoint = checkpoint;
    this.options = options;
    this.kernels = kernels;
    this.images = images;
    this.inputs = new Inputs(checkpoint.config());
    this.lora = LoraBranches.of(adapter, checkpoint.config(), options, kernels);
    this.vision = new VisionFeatures(kernels, inputs, options, config(), () -> handles++);
    this.trained = options.trains() ? trainedNames() : List.of();
    this.finite = new FiniteLogits(kernels, inputs, config(), weightNames());
    this.tensors = new StoredTensors(checkpoint, lora, kernels);
    this.optimizer = new OptimizerState(tensors, trained, kernels);
  }

  /**
   * Loads a checkpoint in the Hugging Face layout, or an adapter in PEFT's together with the model
   * that it records as its base. Weights are mapped, not read, where they need no conversion. A
   * model that is not trained computes with an adapter merged into its weights in F32, and with
   * branches in BF16, in which the sum would lose what is small against a weight.
   *
   * @throws ai.medr1.core.InputException if the directory is not a complete, supported checkpoint
   */
  public static QwenVl load(Path directory, LoadOptions options) {
    if (Adapter.isAdapter(directory)) {
      return loadWithBase(directory, options);
    }
    return load(directory, options, PreprocessorConfig.ofModel(directory));
  }

  private static QwenVl loadWithBase(Path adapter, LoadOptions options) {
    if (options.trains()) {
      throw new InputException(
          adapter
              + " holds an adapter: training starts from a whole model; merge the adapter first, or"
              + " resume the run that it comes from");
    }
    return load(Adapter.base(adapter), options.withAdapter(adapter));
  }

  /** The same with other settings for images than the directory's. */
  public static QwenVl load(Path directory, LoadOptions options, PreprocessorConfig images) {
    return load(
        directory,
        options,
        images,
        attributes -> Kernels.load(attributes, options.dtype(), options.device()));
  }

  /** The same with kernels that are loaded in another way. */
  static QwenVl load(
      Path directory,
      LoadOptions options,
      PreprocessorConfig images,
      Function<Map<String, Object>, Kernels> loading) {
    Checkpoint base = Checkpoint.open(directory);
    Optional<Adapter> adapter = options.adapter().map(dir -> Adapter.open(dir, base.config()));
    Checkpoint checkpoint = adapter.map(a -> a.appliedTo(base)).orElse(base);
    requireFit(directory, images, checkpoint.config().vision());
    if (options.trains()) {
      checkpoint.requireTrainable();
    }
    Threads.use(options.threads());
    Kernels kernels = null;
    try {
      kernels = loading.apply(attributes(checkpoint.config()));
      QwenVl model = new QwenVl(checkpoint, adapter, options, kernels, images);
      model.fill();
      return model;
    } catch (RuntimeException e) {
      if (kernels != null) {
        kernels.close();
      }
      throw e;
    }
  }

  private static void requireFit(Path directory, PreprocessorConfig images, VisionConfig vision) {
    if (images.mergeSize() != vision.spatialMergeSize()
        || images.patchSize() != vision.patchSize()
        || images.temporalPatchSize() != vision.temporalPatchSize()) {
      throw new InputException(
          "%s: the image settings and config.json disagree: %s against %s; take both from the same checkpoint"
              .formatted(directory, images, vision));
    }
  }

  private static Map<String, Object> attributes(ModelConfig config) {
    int merge = config.vision().spatialMergeSize();
    Map<String, Object> attributes = new LinkedHashMap<>();
    attributes.put("layers", config.text().layers());
    attributes.put("heads", config.text().heads());
    attributes.put("kv", config.text().kvHeads());
    attributes.put("head_size", config.text().headSize());
    attributes.put("depth", config.vision().depth());
    attributes.put("vision_heads", config.vision().heads());
    attributes.put("vision_head_size", config.vision().width() / config.vision().heads());
    attributes.put("square", merge * merge);
    attributes.put("eps", config.text().rmsNormEps());
    attributes.put("theta", config.text().ropeTheta());
    attributes.put("tied", config.tieWordEmbeddings());
    return attributes;
  }

  private void fill() {
    WeightLoader loader = new WeightLoader(kernels, options.dtype());
    loader.load(checkpoint);
    loader.assignSegments(checkpoint.weights().keySet());
    lora.ifPresent(branches -> branches.fill(loader));
    for (String name : trained) {
      kernels.set("set_trainable", name, true);
      if (decays(name)) {
        kernels.set("set_member", "decayed", name);
      }
    }
  }

  private List<String> weightNames() {
    List<String> names = new ArrayList<>(checkpoint.weights().keySet());
    lora.ifPresent(branches -> names.addAll(branches.shapes().keySet()));
    return names;
  }

  private List<String> trainedNames() {
    if (lora.isPresent()) {
      return List.copyOf(lora.get().shapes().keySet());
    }
    Predicate<String> frozen = name -> options.freezeVision() && name.startsWith("visual.");
    return checkpoint.weights().keySet().stream().filter(frozen.negate()).toList();
  }

  /**
   * Whether transformers' Trainer decays this weight. It knows layer norms by their class, so the
   * vision norms of Qwen2.5-VL, which are RMS norms, slip through.
   */
  private boolean decays(String name) {
    boolean layerNorm =
        config().family() == Family.QWEN2_VL && VISION_LAYER_NORM.matcher(name).find();
    return !layerNorm && !SPARED.matcher(name).find();
  }

  public ModelConfig config() {
    return checkpoint.config();
  }

  /** The checkpoint that was loaded. */
  public Checkpoint checkpoint() {
    return checkpoint;
  }

  /**
   * Turns messages and images into prompts for this model; closed with it.
   *
   * @throws ai.medr1.core.InputException if the directory's tokenizer or chat template is missing
   *     or damaged
   */
  public synchronized Processor processor() {
    if (processor == null) {
      processor = Processor.load(checkpoint.dir(), images);
    }
    return processor;
  }

  /** The tokens that end a completion. */
  public Set<Integer> stopTokens() {
    return checkpoint.stopTokens();
  }

  /**
   * Greedy answers as the reference gives them with this checkpoint: its stop tokens, and the
   * repetition penalty of its generation_config.json.
   */
  public Sampling greedy(int maxNewTokens) {
    return Sampling.greedy(maxNewTokens, stopTokens())
        .withRepetitionPenalty(checkpoint.generation().repetitionPenalty());
  }

  /** The names of the weights that are trained, as in the public checkpoints. */
  public List<String> trained() {
    return trained;
  }

  // ---- adapters

  /** Whether this model has adapters. */
  public boolean hasAdapters() {
    return lora.isPresent();
  }

  /**
   * Adds the adapters to the weights, so that drawing costs what it costs without them; until
   * {@link #unmerge} nothing can be learned. The weights of the base are kept, so nothing drifts.
   * Does nothing where there are no adapters.
   */
  public void merge() {
    lora.ifPresent(LoraBranches::merge);
  }

  /** Takes back {@link #merge}, to the last bit. */
  public void unmerge() {
    lora.ifPresent(LoraBranches::unmerge);
  }

  /**
   * Log-probabilities of continuations, without gradients, of the model without its adapters: the
   * reference policy, without a second copy of the weights.
   *
   * @return [B][G][tokens of the continuation]
   */
  public float[][][] baseLogProbs(
      List<Prompt> prompts, Continuations continuations, Sampling sampling) {
    LoraBranches branches =
        lora.orElseThrow(() -> new IllegalStateException("this model has no adapters"));
    branches.require(LoraBranches.State.ON);
    branches.off();
    try {
      return logProbs(prompts, continuations, sampling);
    } finally {
      branches.on();
    }
  }

  // ---- drawing completions

  /**
   * Runs the vision tower and the prompts, once. The result belongs to the caller.
   *
   * <p>A model whose vision tower is trained keeps the inputs of its layers as well: if the same
   * images are scored next, before the weights change, the tower does not run again.
   */
  public PrefixCache encode(List<Prompt> prompts) {
    PackedBatch batch = PackedBatch.ofPrompts(prompts, config());
    try (Arguments a = new Arguments(kernels.manager())) {
      inputs.addBatch(a, batch);
      a.array("features", vision.ofNextToScore(images(prompts), a.scope()));
      return new PrefixCache(List.copyOf(prompts), batch, kernels.infer("encode", a));
    }
  }

  /**
   * Draws continuations.
   *
   * @param prefix the prompts, from {@link #encode}
   * @param group continuations per prompt G
   * @param streams [B] random stream of every prompt ({@link RandomStreams#key}); not used by
   *     greedy sampling
   * @throws NotFiniteException if logits are not finite
   */
  public Continuations sample(PrefixCache prefix, int group, Sampling sampling, long[] streams) {
    int prompts = prefix.prompts().size();
    if (!sampling.greedy() && streams.length != prompts) {
      throw new IllegalArgumentException(
          "every prompt has a stream: " + prompts + " prompts, " + streams.length + " streams");
    }
    try (Arguments a = new Arguments(kernels.manager())) {
      inputs.addSampling(a, prefix, group, sampling, streams);
      try (IValue drawn = kernels.infer("sample", a, prefix.tensors())) {
        PtNDArray[] arrays = drawn.toTensorArray((PtNDManager) a.scope());
        return finite(prefix, continuations(arrays[0], arrays[1], arrays[2], group));
      }
    }
  }

  private Continuations finite(PrefixCache prefix, Continuations drawn) {
    for (int b = 0; b < drawn.groups().size(); b++) {
      for (Continuation continuation : drawn.groups().get(b)) {
        finite.require(b, prefix.prompts().get(b), continuation);
      }
    }
    return drawn;
  }

  private static Continuations continuations(NDArray ids, NDArray logps, NDArray ended, int group) {
    int longest = Math.toIntExact(ids.getShape().get(1));
    long[] allIds = ids.toLongArray();
    float[] allLogps = logps.toFloatArray();
    boolean[] finished = ended.toBooleanArray();
    List<List<Continuation>> groups = new ArrayList<>();
    for (int first = 0; first < finished.length; first += group) {
      List<Continuation> members = new ArrayList<>();
      for (int i = first; i < first + group; i++) {
        members.add(continuation(allIds, allLogps, i * longest, longest, finished[i]));
      }
      groups.add(members);
    }
    return new Continuations(groups);
  }

  private static Continuation continuation(
      long[] ids, float[] logps, int first, int longest, boolean finished) {
    int length = 0;
    while (length < longest && ids[first + length] >= 0) {
      length++;
    }
    int[] tokens = new int[length];
    for (int i = 0; i < length; i++) {
      tokens[i] = Math.toIntExact(ids[first + i]);
    }
    return new Continuation(tokens, Arrays.copyOfRange(logps, first, first + length), finished);
  }

  /** {@link #encode} and {@link #sample} in one. */
  public Continuations generate(
      List<Prompt> prompts, int group, Sampling sampling, long[] streams) {
    try (PrefixCache prefix = encode(prompts)) {
      return sample(prefix, group, sampling, streams);
    }
  }

  /**
   * Answers requests, at most {@code slots} at once: a request that waits takes the place of one
   * that has been answered, so that no answer waits for a longer one. What an answer is does not
   * depend on the others, but for rounding.
   *
   * @param requests are asked for on this thread when slots become free; like lengths one after the
   *     other spare work
   * @param answered gets every answer with the number of its request, counted from 0, in the order
   *     in which they end
   * @throws NotFiniteException if logits are not finite; it tells the number of the request
   */
  public void answer(
      Iterator<Request> requests,
      int slots,
      Sampling sampling,
      ObjIntConsumer<Continuation> answered) {
    if (slots < 1) {
      throw new IllegalArgumentException("slots is positive, found " + slots);
    }
    try (Slots open = new Slots(this, kernels, inputs, sampling, handles++)) {
      open.run(requests, slots, answered);
    }
  }

  /**
   * Log-probabilities of some tokens to be the first of a completion, without drawing one.
   *
   * @param tokens [K] ids
   * @return [B][K] natural log-probabilities; vision tokens are left out of the normalisation, as
   *     {@link Sampling#greedy} does
   * @throws NotFiniteException if logits are not finite
   */
  public float[][] firstLogProbs(List<Prompt> prompts, int[] tokens) {
    PackedBatch batch = PackedBatch.ofPrompts(prompts, config());
    try (Arguments a = new Arguments(kernels.manager())) {
      inputs.addBatch(a, batch);
      inputs.addTargets(a, batch, Sampling.greedy(1, Set.of()));
      a.integers("tokens", tokens);
      a.array("features", features(prompts, a.scope()));
      float[] flat = inferArray("first_logps", a).toFloatArray();
      float[][] rows = new float[prompts.size()][];
      for (int b = 0; b < rows.length; b++) {
        rows[b] = Arrays.copyOfRange(flat, b * tokens.length, (b + 1) * tokens.length);
        finite.requireRow(b, prompts.get(b), tokens, rows[b]);
      }
      return rows;
    }
  }

  // ---- scoring

  /**
   * Log-probabilities of continuations, without gradients.
   *
   * @param sampling temperature and banned tokens count; filters do not
   * @return [B][G][tokens of the continuation]
   */
  public float[][][] logProbs(
      List<Prompt> prompts, Continuations continuations, Sampling sampling) {
    PackedBatch batch = PackedBatch.of(prompts, continuations, config());
    try (Arguments a = new Arguments(kernels.manager())) {
      inputs.addBatch(a, batch);
      inputs.addTargets(a, batch, sampling);
      a.array("features", features(prompts, a.scope()));
      return batch.ragged(inferArray("logps", a).toFloatArray());
    }
  }

  /**
   * Logits of every token of whole sequences, without gradients.
   *
   * @return [T, V] float32, owned by {@code owner}; the sequences' tokens one after the other
   */
  public NDArray logits(List<Prompt> sequences, NDManager owner) {
    List<boolean[]> everywhere = new ArrayList<>();
    for (Prompt sequence : sequences) {
      everywhere.add(new boolean[sequence.ids().length]);
    }
    PackedBatch batch = PackedBatch.ofSequences(sequences, everywhere, config());
    try (Arguments a = new Arguments(kernels.manager())) {
      inputs.addBatch(a, batch);
      inputs.addTargets(a, batch, UNCHANGED);
      a.array("features", features(sequences, a.scope()));
      NDArray logits = inferArray("logits", a);
      logits.attach(owner);
      return logits;
    }
  }

  private static final Sampling UNCHANGED = new Sampling(true, 1, 0, 1, 1, 1, Set.of(), false);

  /**
   * Log-probabilities of continuations that can be differentiated. The graph stays in native memory
   * until {@link #backward} or {@link Scored#close}.
   *
   * @param sampling temperature and banned tokens count; filters do not
   */
  public Scored score(List<Prompt> prompts, Continuations continuations, Sampling sampling) {
    return score(prompts, PackedBatch.of(prompts, continuations, config()), sampling);
  }

  /**
   * Log-probabilities of marked tokens of whole sequences that can be differentiated, [B][1][marked
   * tokens of the sequence]: what supervised fine-tuning needs.
   *
   * @param labels [B][tokens of the sequence] true at a token that is learned; never the first
   */
  public Scored scoreSequences(List<Prompt> sequences, List<boolean[]> labels) {
    return score(sequences, PackedBatch.ofSequences(sequences, labels, config()), UNCHANGED);
  }

  /**
   * The same of continuations that this model has just drawn with the weights that it has now: in
   * float32 their log-probabilities are taken as they were drawn, which spares a pass over the
   * vocabulary.
   *
   * @param drawn from {@link #sample}, with the same sampling
   */
  public Scored scoreDrawn(List<Prompt> prompts, Continuations drawn, Sampling sampling) {
    PackedBatch batch = PackedBatch.of(prompts, drawn, config());
    boolean exact = options.dtype() == DType.F32; // in bf16 two ways of computing differ too much
    return score(prompts, batch, sampling, exact ? drawn.logps() : new float[0]);
  }

  private Scored score(List<Prompt> prompts, PackedBatch batch, Sampling sampling) {
    return score(prompts, batch, sampling, new float[0]);
  }

  /**
   * @param drawn [targets] log-probabilities that are known, or none
   */
  private Scored score(List<Prompt> prompts, PackedBatch batch, Sampling sampling, float[] drawn) {
    if (!options.trains()) {
      throw new IllegalStateException(
          "this model was loaded without gradients: load it with LoadOptions.training()");
    }
    lora.ifPresent(branches -> branches.require(LoraBranches.State.ON));
    long handle = handles++;
    try (Arguments a = new Arguments(kernels.manager())) {
      lora.ifPresent(branches -> branches.addDropout(a, updates));
      inputs.addBatch(a, batch);
      inputs.addTargets(a, batch, sampling);
      a.numbers("drawn", drawn, drawn.length);
      a.integer("handle", handle);
      a.integer("again", options.recompute() ? 1 : 0);
      vision.addToScore(a, images(prompts));
      float[] logps = kernels.train("score", a).get(0).toFloatArray();
      return new Scored(batch, logps, handle, () -> kernels.release(handle));
    }
  }

  /**
   * Adds the gradients of a loss to those that are there already.
   *
   * @param scored from {@link #score}; its graph is used up
   * @param dLogps derivative of the loss by the log-probabilities, [B][G][tokens of the
   *     continuation]
   * @throws EngineException if the engine fails, for want of memory above all; some gradients have
   *     been added then, and {@link #zeroGradients} is the way back
   */
  public void backward(Scored scored, float[][][] dLogps) {
    float[] packed = scored.pack(dLogps);
    scored.use();
    try (Arguments a = new Arguments(kernels.manager())) {
      a.integer("handle", scored.handle()).numbers("d_logps", packed, packed.length);
      kernels.train("backward", a);
    } catch (EngineException e) {
      kernels.release(scored.handle()); // what is left of the graph; gradients are incomplete
      throw e;
    }
  }

  // ---- images

  private static List<PixelValues> images(List<Prompt> prompts) {
    return prompts.stream().flatMap(prompt -> prompt.images().stream()).toList();
  }

  /** Image token embeddings [image tokens, D], float32, in the order of the prompts' images. */
  NDArray features(List<Prompt> prompts, NDManager owner) {
    return vision.of(images(prompts), owner);
  }

  private NDArray inferArray(String method, Arguments a) {
    try (IValue result = kernels.infer(method, a)) {
      return result.toTensor((PtNDManager) a.scope());
    }
  }

  // ---- learning

  /** The global norm of the gradients, before clipping. */
  public double gradientNorm() {
    try (Arguments a = new Arguments(kernels.manager())) {
      return kernels.train("gradient_norm", a).get(0).toType(DataType.FLOAT32, false).getFloat();
    }
  }

  /**
   * Clips the gradients, updates the weights and forgets the gradients. A norm that is not finite
   * changes no weight.
   *
   * @return the global norm of the gradients before clipping
   */
  public double step(AdamW settings, double learningRate) {
    vision.forget();
    double norm = gradientNorm();
    if (Double.isFinite(norm)) {
      updates++;
      double scale = settings.maxGradNorm() == 0 ? 1 : settings.maxGradNorm() / (norm + 1e-6);
      update(settings, learningRate, Math.min(1, scale), true);
      if (settings.spareNorms()) {
        update(settings, learningRate, Math.min(1, scale), false);
      }
    }
    zeroGradients();
    return norm;
  }

  private void update(AdamW settings, double learningRate, double scale, boolean decays) {
    try (Arguments a = new Arguments(kernels.manager())) {
      a.integer("decays", decays ? 1 : 0)
          .integer("spare_norms", settings.spareNorms() ? 1 : 0)
          .numbers("step", new float[] {updates}, 1)
          .real("scale", scale)
          .real("lr", learningRate)
          .real("beta1", settings.beta1())
          .real("beta2", settings.beta2())
          .real("eps", settings.eps())
          .real("weight_decay", settings.weightDecay());
      kernels.train("adamw", a);
    }
  }

  /** Forgets the gradients that were added up. */
  public void zeroGradients() {
    lora.ifPresent(LoraBranches::nextStep);
    try (Arguments a = new Arguments(kernels.manager())) {
      kernels.train("zero_gradients", a);
    }
  }

  /** A weight by its name in the public checkpoints, as a flat array in row-major order. */
  public float[] weight(String name) {
    return tensors.all("w", name);
  }

  /** The gradient of a weight, flat; empty where nothing has reached it. */
  public float[] gradient(String name) {
    return tensors.all("g", name);
  }

  /** A moment of a weight, {@code m} or {@code v}, flat. */
  float[] moment(String kind, String name) {
    return tensors.all(kind, name);
  }

  // ---- files

  /**
   * Writes the model as a Hugging Face directory in the dtype in which it computes, adapters merged
   * into the weights; tokenizer, template and the other small files are copied from the checkpoint
   * that was loaded.
   *
   * @throws IOException if the disk fails; what was there before stays
   */
  public void save(Path directory) throws IOException {
    lora.ifPresent(branches -> branches.requireMergeable(checkpoint.weights().keySet()));
    boolean merges = lora.isPresent() && lora.get().state() == LoraBranches.State.ON;
    if (merges) {
      merge();
    }
    try {
      saveWeights(directory);
    } finally {
      if (merges) {
        unmerge();
      }
    }
  }

  private void saveWeights(Path directory) throws IOException {
    List<NamedTensor> weights =
        checkpoint.weights().keySet().stream()
            .map(name -> tensors.named(name, "w", name, options.dtype()))
            .toList();
    CheckpointWriter.save(checkpoint, directory, weights);
  }

  /**
   * Writes the adapters of a model that is trained with {@link LoadOptions#lora} in PEFT's layout,
   * float32, with the directory of the base model recorded in it.
   *
   * @throws IOException if the disk fails; what was there before stays
   */
  public void saveAdapter(Path directory) throws IOException {
    LoraConfig config =
        options
            .lora()
            .orElseThrow(() -> new IllegalStateException("this model trains no adapters"));
    List<NamedTensor> matrices = trained.stream().map(tensors::exact).toList();
    List<String> layers = LoraLayers.of(config, config());
    AdapterWriter.save(directory, checkpoint.dir(), config, layers, matrices);
  }

  /** Writes the state of the optimizer: moments, and master weights where the model is bfloat16. */
  public void saveOptimizer(Path file) throws IOException {
    optimizer.save(file, updates);
  }

  /**
   * Takes up the state of the optimizer again, so that training goes on as if it had never stopped.
   *
   * @throws InputException if the file belongs to another model
   */
  public void loadOptimizer(Path file) {
    updates = optimizer.load(file);
  }

  @Override
  public void close() {
    if (processor != null) {
      processor.close();
    }
    kernels.close();
  }
}
