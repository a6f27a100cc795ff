package ai.medr1.core.checkpoint;

import ai.medr1.core.config.Family;
import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.config.TextConfig;
import ai.medr1.core.config.VisionConfig;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The names and shapes of a model's tensors, as in the public checkpoints. */
public final class Parameters {
  static final String EMBEDDING = "model.embed_tokens.weight";
  static final String HEAD = "lm_head.weight";

  private final Map<String, List<Long>> shapes = new LinkedHashMap<>();

  private Parameters() {}

  /**
   * Every tensor of a model by name, in the order decoder, output projection (unless tied), vision
   * tower. Linear weights are [out, in].
   */
  public static Map<String, List<Long>> of(ModelConfig config) {
    Parameters parameters = new Parameters();
    parameters.decoder(config.text());
    if (!config.tieWordEmbeddings()) {
      parameters.add(HEAD, config.text().vocabSize(), config.text().hiddenSize());
    }
    parameters.vision(config.family(), config.vision());
    return Collections.unmodifiableMap(parameters.shapes);
  }

  private void decoder(TextConfig text) {
    add(EMBEDDING, text.vocabSize(), text.hiddenSize());
    for (int layer = 0; layer < text.layers(); layer++) {
      layer("model.layers." + layer + ".", text);
    }
    add("model.norm.weight", text.hiddenSize());
  }

  private void layer(String prefix, TextConfig text) {
    long hidden = text.hiddenSize();
    long queries = (long) text.heads() * text.headSize();
    long kv = (long) text.kvHeads() * text.headSize();
    add(prefix + "input_layernorm.weight", hidden);
    linear(prefix + "self_attn.q_proj", queries, hidden);
    linear(prefix + "self_attn.k_proj", kv, hidden);
    linear(prefix + "self_attn.v_proj", kv, hidden);
    add(prefix + "self_attn.o_proj.weight", hidden, queries);
    add(prefix + "post_attention_layernorm.weight", hidden);
    add(prefix + "mlp.gate_proj.weight", text.intermediateSize(), hidden);
    add(prefix + "mlp.up_proj.weight", text.intermediateSize(), hidden);
    add(prefix + "mlp.down_proj.weight", hidden, text.intermediateSize());
  }

  private void vision(Family family, VisionConfig vision) {
    add(
        "visual.patch_embed.proj.weight",
        vision.width(),
        vision.inChannels(),
        vision.temporalPatchSize(),
        vision.patchSize(),
        vision.patchSize());
    for (int block = 0; block < vision.depth(); block++) {
      block("visual.blocks." + block + ".", family, vision);
    }
    long merged = (long) vision.width() * vision.spatialMergeSize() * vision.spatialMergeSize();
    norm("visual.merger.ln_q", family, vision);
    linear("visual.merger.mlp.0", merged, merged);
    linear("visual.merger.mlp.2", vision.outWidth(), merged);
  }

  private void block(String prefix, Family family, VisionConfig vision) {
    long width = vision.width();
    long inner = vision.intermediateSize();
    norm(prefix + "norm1", family, vision);
    norm(prefix + "norm2", family, vision);
    linear(prefix + "attn.qkv", 3 * width, width);
    linear(prefix + "attn.proj", width, width);
    family.tower().wideners().forEach(name -> linear(prefix + "mlp." + name, inner, width));
    linear(prefix + "mlp." + family.tower().narrower(), width, inner);
  }

  private void norm(String name, Family family, VisionConfig vision) {
    add(name + ".weight", vision.width());
    if (family.tower().layerNorms()) {
      add(name + ".bias", vision.width());
    }
  }

  private void linear(String name, long out, long in) {
    add(name + ".weight", out, in);
    add(name + ".bias", out);
  }

  private void add(String name, long... shape) {
    shapes.put(name, Arrays.stream(shape).boxed().toList());
  }
}
