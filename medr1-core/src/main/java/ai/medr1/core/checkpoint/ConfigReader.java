package ai.medr1.core.checkpoint;

import ai.medr1.core.InputException;
import ai.medr1.core.config.Family;
import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.config.ModelConfig.VisionTokens;
import ai.medr1.core.config.TextConfig;
import ai.medr1.core.config.VisionConfig;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/**
 * Reads the three forms of config.json: flat (the public checkpoints), nested with {@code
 * text_config} and {@code rope_parameters} (transformers 5), and both at once (4.52 to 4.57).
 *
 * <p>Absent keys take the defaults of transformers' configuration classes, except for the sizes of
 * the decoder, which are required. What the network here would compute differently is refused.
 */
final class ConfigReader {
  private static final Set<String> ROPE_TYPES = Set.of("mrope", "default");
  private static final List<Integer> DEFAULT_MROPE = List.of(16, 24, 24);
  private static final double DEFAULT_THETA = 1e6;
  private static final double VISION_THETA = 1e4;
  private static final int DEFAULT_VISION_OUT = 3584;
  private static final int DEFAULT_WINDOW_LAYERS = 80;
  private static final int KV_HEADS = 8;

  private final Section root;
  private final Section text;
  private final Section vision;
  private final Family family;

  private ConfigReader(Section root) {
    this.root = root;
    this.text = root.child("text_config").or(root);
    this.vision = root.child("vision_config");
    this.family = family(root);
  }

  static ModelConfig read(Path file, ObjectNode config) {
    try {
      return new ConfigReader(Section.root(file, config)).model();
    } catch (IllegalArgumentException e) {
      throw new InputException(file + ": " + e.getMessage(), e);
    }
  }

  private static Family family(Section root) {
    String type = root.text("model_type").orElse("");
    try {
      return Family.named(type);
    } catch (InputException e) {
      throw new InputException(root.file() + ": " + e.getMessage(), e);
    }
  }

  private ModelConfig model() {
    refuseUnsupported();
    boolean tied = root.flag("tie_word_embeddings") || text.flag("tie_word_embeddings");
    return new ModelConfig(family, textConfig(), visionConfig(), tokens(), tied);
  }

  private void refuseUnsupported() {
    only(text, "hidden_act", "silu");
    only(vision, "hidden_act", family.tower().activation());
    if (slides()) {
      throw text.bad("use_sliding_window", "false (sliding windows are not supported)", true);
    }
    if (!text.texts("layer_types").stream().allMatch("full_attention"::equals)) {
      throw text.bad("layer_types", "full_attention throughout", text.texts("layer_types"));
    }
    if (root.has("quantization_config")) {
      throw new InputException(
          root.file() + ": quantized checkpoints are not supported; use the original one");
    }
    double visionTheta = vision.child("rope_parameters").number("rope_theta", VISION_THETA);
    if (visionTheta != VISION_THETA) {
      throw vision.bad("rope_parameters.rope_theta", Double.toString(VISION_THETA), visionTheta);
    }
  }

  /**
   * Whether any layer would attend to a window, as transformers decides where layer_types is
   * absent.
   */
  private boolean slides() {
    boolean windowed = text.flag("use_sliding_window") && !text.isNull("sliding_window");
    int first = text.integer("max_window_layers", DEFAULT_WINDOW_LAYERS);
    return windowed
        && text.texts("layer_types").isEmpty()
        && first < text.integer("num_hidden_layers");
  }

  /**
   * Refuses to train what the reference would train with dropout in its attention.
   *
   * @throws InputException naming the key
   */
  static void requireNoDropout(Path file, ObjectNode config) {
    Section root = Section.root(file, config);
    Section text = root.child("text_config").or(root);
    double dropout = text.number("attention_dropout", 0);
    if (dropout != 0) {
      throw text.bad(
          "attention_dropout", "0 for training (no dropout is done in attention)", dropout);
    }
  }

  private static void only(Section section, String key, String supported) {
    String found = section.text(key).orElse(supported);
    if (!found.equals(supported)) {
      throw section.bad(key, "\"" + supported + "\" (no other is supported)", found);
    }
  }

  private TextConfig textConfig() {
    Section rope = rope();
    List<Integer> sections = rope.integers("mrope_section");
    int hidden = text.integer("hidden_size");
    int heads = text.integer("num_attention_heads");
    int head = TextConfig.sharedHeadSize(hidden, heads);
    refuseHeadSize(head);
    return new TextConfig(
        text.integer("vocab_size"),
        hidden,
        text.integer("intermediate_size"),
        text.integer("num_hidden_layers"),
        heads,
        text.integer("num_key_value_heads", text.isNull("num_key_value_heads") ? heads : KV_HEADS),
        head,
        text.number("rms_norm_eps", 1e-5),
        rope.number("rope_theta", text.number("rope_theta", DEFAULT_THETA)),
        sections.isEmpty() ? DEFAULT_MROPE : sections,
        text.integer("max_position_embeddings", 32768));
  }

  /** The families here take no other, whatever head_dim says: the reference does not read it. */
  private void refuseHeadSize(int used) {
    int head = text.integer("head_dim", used);
    if (head != used) {
      throw text.bad("head_dim", "hidden_size / num_attention_heads", head);
    }
  }

  private Section rope() {
    // Where both are there, the older name counts, as in transformers 5.
    Section older = text.child("rope_scaling");
    Section rope = older.isEmpty() ? text.child("rope_parameters") : older;
    if (rope.number("partial_rotary_factor", 1) != 1) {
      throw rope.bad("partial_rotary_factor", "1", rope.number("partial_rotary_factor", 1));
    }
    for (String key : List.of("type", "rope_type")) {
      String type = rope.text(key).orElse("mrope");
      if (!ROPE_TYPES.contains(type)) {
        throw rope.bad(key, "mrope or default (no other scaling is supported)", type);
      }
    }
    return rope;
  }

  private VisionConfig visionConfig() {
    int channels = vision.integer("in_channels", vision.integer("in_chans", 3));
    if (channels != 3) {
      throw vision.bad("in_channels", "3 (images are RGB)", channels);
    }
    Family.Tower tower = family.tower();
    int width = vision.integer(tower.widthKey(), tower.width());
    return new VisionConfig(
        vision.integer("depth", 32),
        width,
        vision.integer(tower.outKey(), DEFAULT_VISION_OUT),
        vision.integer("num_heads", 16),
        tower.intermediateSize().isPresent()
            ? vision.integer("intermediate_size", tower.intermediateSize().getAsInt())
            : inner(width),
        vision.integer("patch_size", 14),
        vision.integer("temporal_patch_size", 2),
        vision.integer("spatial_merge_size", 2),
        3,
        tower.windows() ? vision.integer("window_size", 112) : 0,
        tower.windows() ? fullAttentionBlocks() : List.of());
  }

  private int inner(int width) {
    double inner = width * vision.number("mlp_ratio", 4);
    if (inner != (int) inner) {
      throw vision.bad("mlp_ratio", "a ratio that gives whole features", inner / width);
    }
    return (int) inner;
  }

  private List<Integer> fullAttentionBlocks() {
    List<Integer> full = vision.integers("fullatt_block_indexes");
    return vision.has("fullatt_block_indexes") ? full : List.of(7, 15, 23, 31);
  }

  private VisionTokens tokens() {
    return new VisionTokens(
        root.integer("vision_start_token_id", 151652),
        root.integer("vision_end_token_id", 151653),
        root.integer("image_token_id", 151655),
        root.integer("video_token_id", 151656));
  }
}
