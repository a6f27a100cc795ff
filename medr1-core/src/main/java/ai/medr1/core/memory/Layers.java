package ai.medr1.core.memory;

import ai.medr1.core.config.Family;
import ai.medr1.core.config.LoraConfig;
import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.config.TextConfig;
import ai.medr1.core.config.VisionConfig;
import ai.medr1.core.model.LoadOptions;

/**
 * Bytes of activations: what autograd keeps of a layer's forward pass, counted operation by
 * operation as the kernels are written, and what computing a layer needs for a moment.
 *
 * <p>Letters: N rows of a micro-batch, D hidden size, Q query features, K key features, F features
 * between the dense layers, e bytes of an element.
 */
final class Layers {
  private final TextConfig text;
  private final VisionConfig vision;
  private final Family family;
  private final Workload work;
  private final LoadOptions options;
  private final long element;
  private final long rows;
  private final long patches;

  Layers(ModelConfig config, LoadOptions options, Workload work) {
    this.text = config.text();
    this.vision = config.vision();
    this.family = config.family();
    this.options = options;
    this.work = work;
    this.element = options.dtype().bytes();
    this.rows = work.tokens();
    this.patches =
        (long) work.prompts()
            * work.imageTokens()
            * vision.spatialMergeSize()
            * vision.spatialMergeSize();
  }

  // ---- the decoder

  /** What the tape keeps of a segment when it is computed again: its input. */
  long textInput() {
    return rows * text.hiddenSize() * element;
  }

  /** What the backward pass through a decoder layer needs of its forward pass, its input too. */
  long textLayer() {
    long d = text.hiddenSize();
    long q = (long) text.heads() * text.headSize();
    long k = (long) text.kvHeads() * text.headSize();
    long norms = 2 * (8 * d + element * d); // float32 values and results, inputs
    long attention = element * 3 * q; // rotated queries, attended values, both kinds joined
    long mlp = element * 4 * text.intermediateSize(); // gate, silu, up, their product
    long repeatedKeys = 2 * element * q * work.prompts() * work.promptTokens();
    long joinedKeys =
        2
            * element
            * k
            * work.prompts()
            * work.group()
            * (work.promptTokens() + work.completionTokens());
    return rows * (norms + attention + mlp + dropout()) + repeatedKeys + joinedKeys;
  }

  /** Every LoRA branch drops for itself: the mask and what is left of the input. */
  private long dropout() {
    LoraConfig lora = options.lora().orElse(null);
    if (lora == null || lora.dropout() == 0) {
      return 0;
    }
    long wide = lora.targets().contains("down_proj") ? text.intermediateSize() : 0;
    long narrow = lora.targets().stream().filter(target -> !target.equals("down_proj")).count();
    return 2 * element * (narrow * text.hiddenSize() + wide);
  }

  /** Gradients of activations while a decoder layer is differentiated. */
  long textBackward() {
    return rows * element * (3L * text.intermediateSize() + 2L * text.hiddenSize());
  }

  /** What a decoder layer needs for a moment when nothing is kept. */
  long textForward(long tokens) {
    return tokens * element * (3L * text.intermediateSize() + 4L * text.hiddenSize());
  }

  /** The last norm, at the rows that predict. */
  long lastNorm() {
    return work.completions() * (8 + element) * text.hiddenSize();
  }

  /** What continuations may see, added to scores; the same for all layers. */
  long mask() {
    long heads = text.heads() / text.kvHeads();
    long sequences = work.prompts() == 1 ? 1 : (long) work.prompts() * work.group();
    long keys = (long) work.promptTokens() + work.completionTokens();
    return sequences * heads * work.completionTokens() * keys * element;
  }

  /** Keys and values of all layers for so many tokens. */
  long cache(long tokens) {
    return 2 * element * text.layers() * text.kvHeads() * text.headSize() * tokens;
  }

  // ---- the vision tower

  long visionInput() {
    return patches * vision.width() * element;
  }

  /** What the backward pass through a block needs of its forward pass, its input too. */
  long visionBlock() {
    boolean rms = !family.tower().layerNorms();
    long w = vision.width();
    long norms = rms ? 2 * (8 * w + element * w) : 2 * element * 2 * w;
    long attention = element * 6 * w; // queries, keys and values, the rotated two, attended values
    long mlp = element * (2L + family.tower().wideners().size()) * vision.intermediateSize();
    return patches * (norms + attention + mlp);
  }

  long visionBackward() {
    return patches * element * (2L * vision.intermediateSize() + 2L * vision.width());
  }

  long visionForward(long images) {
    long tokens =
        images * work.imageTokens() * vision.spatialMergeSize() * vision.spatialMergeSize();
    return tokens * element * (2L * vision.intermediateSize() + 5L * vision.width());
  }

  /** Norm, both dense layers and what is between them. */
  long merger() {
    return patches * element * 4 * vision.width();
  }

  /** The pixels, and their copy in the dtype of the model. */
  long pixels() {
    long bytes = element == Float.BYTES ? Float.BYTES : Float.BYTES + element;
    return patches * vision.patchValues() * bytes;
  }

  /** Float32 values of one prompt's images. */
  long heldImage() {
    long tokens = (long) work.imageTokens() * vision.spatialMergeSize() * vision.spatialMergeSize();
    return tokens * vision.patchValues() * Float.BYTES;
  }

  // ---- the vocabulary

  /** The logits that exist at once when tokens are scored, with what is made of them. */
  long logits() {
    long atOnce = Math.min(LoadOptions.LOGITS_AT_ONCE, work.completions() * text.vocabSize());
    return atOnce * (2 * Float.BYTES + (element < Float.BYTES ? element : 0));
  }

  /** Copies of the decoder's dense layers and the projection that long drawing on a CPU makes. */
  long packedWeights() {
    if (options.device().isGpu() || work.completionTokens() < LoadOptions.PACKS_FROM) {
      return 0;
    }
    long d = text.hiddenSize();
    long k = (long) text.kvHeads() * text.headSize();
    long q = (long) text.heads() * text.headSize();
    long layer = d * (2 * q + 2 * k + 3L * text.intermediateSize());
    return element * (text.layers() * layer + d * text.vocabSize());
  }

  /** Logits of a decoding step, and what drawing makes of them. */
  long drawing() {
    long sequences = work.promptsOfStep() * work.group();
    return sequences * text.vocabSize() * (3 * Float.BYTES + (element < Float.BYTES ? element : 0));
  }
}
