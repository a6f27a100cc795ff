package ai.medr1.core.config;

import ai.medr1.core.InputException;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A supported architecture, named as {@code model_type} in config.json: all in which one differs
 * from another beside its sizes. What the kernels do follows from the weights that are there.
 */
public enum Family {
  QWEN2_VL(
      "qwen2_vl",
      "qwen2-vl",
      "Qwen2VLForConditionalGeneration",
      new Tower(
          true,
          List.of("fc1"),
          "fc2",
          "quick_gelu",
          "embed_dim",
          1280,
          "hidden_size",
          OptionalInt.empty(),
          false)),
  QWEN2_5_VL(
      "qwen2_5_vl",
      "qwen2.5-vl",
      "Qwen2_5_VLForConditionalGeneration",
      new Tower(
          false,
          List.of("gate_proj", "up_proj"),
          "down_proj",
          "silu",
          "hidden_size",
          3584,
          "out_hidden_size",
          OptionalInt.of(3420),
          true));

  /** transformers' Trainer.get_decay_parameter_names: biases and what its patterns call a norm. */
  private static final Pattern SPARED =
      Pattern.compile("bias|layernorm|rmsnorm|(?:^|\\.)norm(?:$|\\.)|_norm(?:$|\\.)");

  private static final Pattern VISION_NORM = Pattern.compile("\\.(norm1|norm2|ln_q)\\.");

  /**
   * A vision tower.
   *
   * @param layerNorms whether its norms are layer norms, with biases; otherwise they are
   *     root-mean-square norms
   * @param wideners names of the dense layers of a block that widen; their results are multiplied
   * @param narrower name of the dense layer behind them
   * @param activation as config.json names it
   * @param widthKey key of the width in vision_config
   * @param width where the key is absent
   * @param outKey key of the width of what the tower gives
   * @param intermediateSize of a block where {@code intermediate_size} is absent; empty where the
   *     width times {@code mlp_ratio} gives it
   * @param windows whether blocks attend to windows
   */
  public record Tower(
      boolean layerNorms,
      List<String> wideners,
      String narrower,
      String activation,
      String widthKey,
      int width,
      String outKey,
      OptionalInt intermediateSize,
      boolean windows) {}

  private final String modelType;
  private final String title;
  private final String architecture;

  @SuppressWarnings("ImmutableEnumChecker") // a record of values that do not change
  private final Tower tower;

  Family(String modelType, String title, String architecture, Tower tower) {
    this.modelType = modelType;
    this.title = title;
    this.architecture = architecture;
    this.tower = tower;
  }

  /**
   * The family of this {@code model_type} or {@link #title()}.
   *
   * @throws InputException for any other name; the message lists the supported ones
   */
  public static Family named(String name) {
    return Arrays.stream(values())
        .filter(family -> family.modelType.equals(name) || family.title.equals(name))
        .findFirst()
        .orElseThrow(() -> new InputException(unsupported(name)));
  }

  public String modelType() {
    return modelType;
  }

  /** The name for people: {@code qwen2-vl}, {@code qwen2.5-vl}. */
  public String title() {
    return title;
  }

  /** The class of transformers. */
  public String architecture() {
    return architecture;
  }

  public Tower tower() {
    return tower;
  }

  /**
   * Whether transformers' Trainer decays this weight. It knows layer norms by their class, so RMS
   * norms of a vision tower slip through.
   */
  public boolean decays(String weight) {
    boolean layerNorm = tower.layerNorms() && VISION_NORM.matcher(weight).find();
    return !layerNorm && !SPARED.matcher(weight).find();
  }

  private static String unsupported(String name) {
    return Arrays.stream(values())
        .map(family -> family.modelType + " (" + family.title + ")")
        .collect(
            Collectors.joining(", ", "model type \"" + name + "\" is not supported: use ", ""));
  }
}
