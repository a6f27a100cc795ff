package ai.medr1.core.checkpoint;

import ai.medr1.core.config.LoraConfig;
import ai.medr1.core.config.ModelConfig;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The layers that an adapter changes, by their names in the public checkpoints. */
public final class LoraLayers {
  private static final String WEIGHT = ".weight";
  private static final Pattern TEXT =
      Pattern.compile("model\\.layers\\.\\d+\\.(?:self_attn|mlp)\\.(\\w+)");
  private static final Pattern VISION =
      Pattern.compile("visual\\.(?:blocks\\.\\d+\\.(?:attn|mlp)|merger\\.mlp)\\..*");

  private LoraLayers() {}

  /** The layers of a model that get a branch, such as {@code model.layers.0.self_attn.q_proj}. */
  public static List<String> of(LoraConfig lora, ModelConfig config) {
    return Parameters.of(config).keySet().stream()
        .filter(name -> name.endsWith(WEIGHT))
        .map(name -> name.substring(0, name.length() - WEIGHT.length()))
        .filter(layer -> isTarget(layer, lora))
        .toList();
  }

  private static boolean isTarget(String layer, LoraConfig lora) {
    Matcher text = TEXT.matcher(layer);
    return text.matches()
        ? lora.targets().contains(text.group(1))
        : lora.vision() && VISION.matcher(layer).matches();
  }

  /** The matrices of some layers by name: A [rank, in] and B [out, rank]. */
  public static Map<String, List<Long>> shapes(
      Collection<String> layers, int rank, ModelConfig config) {
    Map<String, List<Long>> weights = Parameters.of(config);
    Map<String, List<Long>> shapes = new LinkedHashMap<>();
    for (String layer : layers) {
      List<Long> weight = weights.get(layer + WEIGHT);
      if (weight == null) {
        throw new IllegalArgumentException("the model has no layer " + layer);
      }
      shapes.put(down(layer), List.of((long) rank, weight.get(1)));
      shapes.put(up(layer), List.of(weight.get(0), (long) rank));
    }
    return shapes;
  }

  /** The name of a layer's A. */
  public static String down(String layer) {
    return layer + ".lora_A.weight";
  }

  /** The name of a layer's B. */
  public static String up(String layer) {
    return layer + ".lora_B.weight";
  }
}
