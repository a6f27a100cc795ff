package ai.medr1.core.model;

import ai.medr1.core.InputException;
import ai.medr1.core.Phases;
import ai.medr1.core.checkpoint.Adapter;
import ai.medr1.core.checkpoint.AdapterWriter;
import ai.medr1.core.checkpoint.Checkpoint;
import ai.medr1.core.checkpoint.CheckpointWriter;
import ai.medr1.core.checkpoint.LoraLayers;
import ai.medr1.core.checkpoint.Manifest;
import ai.medr1.core.checkpoint.NamedTensor;
import ai.medr1.core.config.LoraConfig;
import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.config.VisionConfig;
import ai.medr1.core.image.PreprocessorConfig;
import ai.medr1.core.image.RgbImage;
import ai.medr1.core.text.Content;
import ai.medr1.core.text.Message;
import ai.medr1.core.text.Processor;
import ai.medr1.core.text.Prompt;
import ai.medr1.core.torchscript.Kernels;
import ai.medr1.core.torchscript.Threads;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A Qwen2-VL or Qwen2.5-VL model with its processor: everything that training and evaluation need
 * of the network, by the role that it has: {@link #drawing}, {@link #scoring}, {@link #learner}.
 *
 * <p>Every sequence is a prompt with G continuations. The prompt, its images among it, is computed
 * once; the continuations share it when they are drawn, scored and differentiated.
 *
 * <p>The model owns its native memory until {@link #close}; its roles live as long. Calls on one
 * model must not overlap, whatever the role.
 */
public final class QwenVl implements AutoCloseable {
  private final Network network;
  private final PreprocessorConfig images;
  private final Drawing drawing;
  private final Scoring scoring;
  private final Learner learner;
  private @Nullable Processor processor; // opened when it is asked for: its tokenizer is large

  private QwenVl(Network network, PreprocessorConfig images) {
    this.network = network;
    this.images = images;
    this.drawing = new Drawing(network);
    this.scoring = new Scoring(network);
    this.learner = new Learner(network);
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
        new Loading(
            attributes -> Kernels.load(attributes, options.dtype(), options.device()),
            LoadOptions.LOGITS_AT_ONCE));
  }

  /**
   * What tests and recordings do in another way.
   *
   * @param kernels loads them
   * @param logitsAtOnce how many logits exist at once when tokens are scored
   */
  record Loading(Function<Map<String, Object>, Kernels> kernels, int logitsAtOnce) {}

  /** The same, loaded in another way. */
  static QwenVl load(
      Path directory, LoadOptions options, PreprocessorConfig images, Loading loading) {
    Manifest.check(directory);
    options.adapter().ifPresent(Manifest::check);
    Checkpoint base = Phases.of("load", "checkpoint", () -> Checkpoint.open(directory));
    Optional<Adapter> adapter = options.adapter().map(dir -> Adapter.open(dir, base.config()));
    Checkpoint checkpoint = adapter.map(a -> a.appliedTo(base)).orElse(base);
    requireFit(directory, images, checkpoint.config().vision());
    if (options.trains()) {
      checkpoint.requireTrainable();
    }
    Threads.use(options.threads());
    Kernels kernels = null;
    try {
      Map<String, Object> attributes = attributes(checkpoint.config());
      kernels = Phases.of("load", "kernels", () -> loading.kernels().apply(attributes));
      Network network = Network.of(checkpoint, adapter, options, kernels, loading.logitsAtOnce());
      Phases.of("load", "weights", () -> fill(network));
      return new QwenVl(network, images);
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

  private static Network fill(Network network) {
    Checkpoint checkpoint = network.checkpoint();
    Kernels kernels = network.kernels();
    WeightLoader loader = new WeightLoader(kernels, network.options().dtype());
    loader.load(checkpoint);
    loader.assignSegments(checkpoint.weights().keySet());
    network.lora().ifPresent(branches -> branches.fill(loader));
    for (String name : network.trained()) {
      kernels.set("set_trainable", name, true);
      if (checkpoint.config().family().decays(name)) {
        kernels.set("set_member", "decayed", name);
      }
    }
    return network;
  }

  // ---- roles

  /** Encodes prompts and writes continuations and answers. */
  public Drawing drawing() {
    return drawing;
  }

  /** Says how probable given texts are, and differentiates that. */
  public Scoring scoring() {
    return scoring;
  }

  /** Updates weights by gradients; reads and writes both. */
  public Learner learner() {
    return learner;
  }

  Network network() {
    return network;
  }

  // ---- configuration

  public ModelConfig config() {
    return network.checkpoint().config();
  }

  /** The checkpoint that was loaded. */
  public Checkpoint checkpoint() {
    return network.checkpoint();
  }

  /**
   * Turns messages and images into prompts for this model; closed with it.
   *
   * @throws ai.medr1.core.InputException if the directory's tokenizer or chat template is missing
   *     or damaged
   */
  public synchronized Processor processor() {
    if (processor == null) {
      processor =
          Phases.of("load", "processor", () -> Processor.load(network.checkpoint().dir(), images));
    }
    return processor;
  }

  /** The tokens that end a completion. */
  public Set<Integer> stopTokens() {
    return network.checkpoint().stopTokens();
  }

  /**
   * Greedy answers as the reference gives them with this checkpoint: its stop tokens, and the
   * repetition penalty of its generation_config.json.
   */
  public Sampling greedy(int maxNewTokens) {
    return Sampling.greedy(maxNewTokens, stopTokens())
        .withRepetitionPenalty(network.checkpoint().generation().repetitionPenalty());
  }

  /**
   * The most likely answer to a question about images, as text.
   *
   * @param images shown before the question, in their order; {@link ai.medr1.core.image.Images}
   *     reads them from files, bytes and pictures in memory
   * @throws NotFiniteException if logits are not finite
   */
  public String ask(String question, int maxNewTokens, RgbImage... images) {
    List<Content> content = new ArrayList<>();
    for (int i = 0; i < images.length; i++) {
      content.add(new Content.Image());
    }
    content.add(new Content.Text(question));
    return answer(
        processor().prompt(List.of(new Message("user", content)), List.of(images)), maxNewTokens);
  }

  /**
   * The most likely answer to a prompt, as text.
   *
   * @throws NotFiniteException if logits are not finite
   */
  public String answer(Prompt prompt, int maxNewTokens) {
    long[] unused = {0}; // greedy drawing needs no random numbers
    Continuation answer =
        drawing.generate(List.of(prompt), 1, greedy(maxNewTokens), unused).groups().get(0).get(0);
    return processor().tokenizer().decode(answer.ids(), true);
  }

  // ---- adapters

  /** Whether this model has adapters. */
  public boolean hasAdapters() {
    return network.lora().isPresent();
  }

  /**
   * Adds the adapters to the weights, so that drawing costs what it costs without them; until
   * {@link #unmerge} nothing can be learned. The weights of the base are kept, so nothing drifts.
   * Does nothing where there are no adapters.
   */
  public void merge() {
    network.lora().ifPresent(LoraBranches::merge);
  }

  /** Takes back {@link #merge}, to the last bit. */
  public void unmerge() {
    network.lora().ifPresent(LoraBranches::unmerge);
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
    Optional<LoraBranches> lora = network.lora();
    lora.ifPresent(branches -> branches.requireMergeable(network.checkpoint().weights().keySet()));
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
        network.checkpoint().weights().keySet().stream()
            .map(name -> network.tensors().named(name, "w", name, network.options().dtype()))
            .toList();
    CheckpointWriter.save(network.checkpoint(), directory, weights);
  }

  /**
   * Writes the adapters of a model that is trained with {@link LoadOptions#lora} in PEFT's layout,
   * float32, with the directory of the base model recorded in it.
   *
   * @throws IOException if the disk fails; what was there before stays
   */
  public void saveAdapter(Path directory) throws IOException {
    LoraConfig config =
        network
            .options()
            .lora()
            .orElseThrow(() -> new IllegalStateException("this model trains no adapters"));
    List<NamedTensor> matrices = network.trained().stream().map(network.tensors()::exact).toList();
    List<String> layers = LoraLayers.of(config, config());
    AdapterWriter.save(directory, network.checkpoint().dir(), config, layers, matrices);
  }

  @Override
  public void close() {
    if (processor != null) {
      processor.close();
    }
    network.kernels().close();
  }
}
