package ai.medr1.core.checkpoint;

import ai.medr1.core.config.Family;
import ai.medr1.core.config.ModelConfig;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * A new model with seeded random weights, drawn as transformers draws them: normal with the
 * standard deviation of the shape, biases 0, norms 1.
 *
 * @param tokenizer a directory with the tokenizer to use; empty for the library's small one
 * @param dtype of the weights: F32, BF16 or F16
 * @param seed the same seed, shape and family give the same weights, whatever the dtype up to
 *     rounding
 */
public record RandomCheckpoint(
    Shape shape, Family family, Optional<Path> tokenizer, DType dtype, long seed) {
  private static final int VOCABULARY_MULTIPLE = 64;
  private static final String END = "<|im_end|>";
  private static final String PAD = "<|endoftext|>";

  public RandomCheckpoint {
    if (!dtype.isWeight()) {
      throw new IllegalArgumentException("weights are F32, BF16 or F16, not " + dtype);
    }
  }

  /**
   * Writes the checkpoint directory. Memory use does not grow with the model.
   *
   * @throws ai.medr1.core.InputException if the tokenizer lacks tokens of a vision-language model,
   *     or if {@code out} is not empty and no checkpoint
   */
  public void write(Path out) throws IOException {
    NewTokenizer tokens = tokens();
    ObjectNode json = rawConfig(tokens);
    List<NamedTensor> weights = new ArrayList<>();
    Parameters.of(config(json)).forEach((name, size) -> weights.add(tensor(name, size)));
    CheckpointWriter.write(
        out, json, sidecars(tokens), weights, CheckpointWriter.DEFAULT_SHARD_BYTES);
  }

  /** The architecture that will be written. */
  public ModelConfig config() throws IOException {
    return config(rawConfig(tokens()));
  }

  private static ModelConfig config(ObjectNode json) {
    return ConfigReader.read(Path.of("the new " + Checkpoint.CONFIG), json);
  }

  private NewTokenizer tokens() throws IOException {
    return tokenizer.isPresent() ? NewTokenizer.from(tokenizer.get()) : NewTokenizer.small();
  }

  private NamedTensor tensor(String name, List<Long> size) {
    return new NamedTensor(
        name, dtype, size, new FloatSource(dtype, Shapes.elements(size), () -> values(name)));
  }

  // Each tensor has a stream of its own, so its values depend on no other tensor.
  private FloatSource.Sequence values(String name) {
    if (name.endsWith(".bias")) {
      return () -> 0;
    }
    if (name.matches(".*(norm[12]?|ln_q)\\.weight")) {
      return () -> 1;
    }
    SplittableRandom stream = new SplittableRandom(seed * 0x9e3779b97f4a7c15L + name.hashCode());
    return () -> (float) (stream.nextGaussian() * shape.deviation);
  }

  private ObjectNode rawConfig(NewTokenizer tokens) {
    int vocabulary = (tokens.size() + VOCABULARY_MULTIPLE - 1) / VOCABULARY_MULTIPLE;
    ObjectNode config = Json.object();
    config.putArray("architectures").add(family.architecture());
    config
        .put("attention_dropout", 0.0)
        .put("bos_token_id", tokens.id(PAD))
        .put("eos_token_id", tokens.id(END))
        .put("vision_start_token_id", tokens.id("<|vision_start|>"))
        .put("vision_end_token_id", tokens.id("<|vision_end|>"))
        .put("vision_token_id", tokens.id("<|vision_pad|>"))
        .put("image_token_id", tokens.id("<|image_pad|>"))
        .put("video_token_id", tokens.id("<|video_pad|>"))
        .put("hidden_act", "silu")
        .put("hidden_size", shape.hidden)
        .put("initializer_range", shape.deviation)
        .put("intermediate_size", shape.inner)
        .put("max_position_embeddings", 32768)
        .put("model_type", family.modelType())
        .put("num_attention_heads", shape.heads)
        .put("num_hidden_layers", shape.layers)
        .put("num_key_value_heads", shape.kvHeads)
        .put("rms_norm_eps", 1e-6)
        .put("rope_theta", 1e6)
        .put("tie_word_embeddings", true)
        .put("torch_dtype", dtype.torchName())
        .put("use_sliding_window", false)
        .put("vocab_size", vocabulary * VOCABULARY_MULTIPLE);
    config.set("vision_config", vision());
    ArrayNode sections =
        config.putObject("rope_scaling").put("type", "mrope").putArray("mrope_section");
    shape.mropeSection().forEach(sections::add);
    return config;
  }

  private ObjectNode vision() {
    Family.Tower tower = family.tower();
    ObjectNode vision =
        Json.object()
            .put("depth", shape.visionDepth)
            .put("num_heads", shape.visionHeads)
            .put("in_chans", 3)
            .put("patch_size", 14)
            .put("spatial_merge_size", 2)
            .put("spatial_patch_size", 14)
            .put("temporal_patch_size", 2)
            .put("hidden_act", tower.activation())
            .put(tower.widthKey(), shape.visionWidth)
            .put(tower.outKey(), shape.hidden);
    if (tower.intermediateSize().isPresent()) {
      vision.put("intermediate_size", shape.visionInner);
    } else {
      vision.put("mlp_ratio", 4);
    }
    if (tower.windows()) {
      addWindows(vision);
    }
    return vision;
  }

  private void addWindows(ObjectNode vision) {
    vision.put("tokens_per_second", 2).put("window_size", 112);
    ArrayNode full = vision.putArray("fullatt_block_indexes");
    // The last block of each quarter, as in the public checkpoints.
    IntStream.rangeClosed(1, 4)
        .map(i -> i * shape.visionDepth / 4 - 1)
        .filter(i -> i >= 0)
        .distinct()
        .forEach(full::add);
  }

  private static Map<String, byte[]> sidecars(NewTokenizer tokens) {
    Map<String, byte[]> files = new TreeMap<>(tokens.files());
    files.put("preprocessor_config.json", Json.toBytes(preprocessor()));
    ObjectNode generation =
        Json.object().put("bos_token_id", tokens.id(PAD)).put("pad_token_id", tokens.id(PAD));
    generation.putArray("eos_token_id").add(tokens.id(END)).add(tokens.id(PAD));
    files.put(GenerationConfig.FILE, Json.toBytes(generation));
    return files;
  }

  // Med-R1's limit of 401408 pixels; mean and deviation of the public checkpoints.
  private static ObjectNode preprocessor() {
    ObjectNode json =
        Json.object()
            .put("min_pixels", 3136)
            .put("max_pixels", 401408)
            .put("patch_size", 14)
            .put("temporal_patch_size", 2)
            .put("merge_size", 2);
    json.putArray("image_mean").add(0.48145466).add(0.4578275).add(0.40821073);
    json.putArray("image_std").add(0.26862954).add(0.26130258).add(0.27577711);
    return json.put("image_processor_type", "Qwen2VLImageProcessor")
        .put("processor_class", "Qwen2VLProcessor");
  }
}
