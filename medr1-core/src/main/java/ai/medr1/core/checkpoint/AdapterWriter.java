package ai.medr1.core.checkpoint;

import ai.medr1.core.config.LoraConfig;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** Writes adapters in PEFT's layout. */
public final class AdapterWriter {
  private AdapterWriter() {}

  /**
   * Writes an adapter that PEFT loads.
   *
   * @param base directory of the model that it changes; recorded as an absolute path
   * @param matrices of the layers, named as {@link LoraLayers} does
   */
  public static void save(
      Path out, Path base, LoraConfig lora, Collection<String> layers, List<NamedTensor> matrices)
      throws IOException {
    List<NamedTensor> renamed =
        matrices.stream()
            .map(m -> new NamedTensor(peftName(m.name()), m.dtype(), m.shape(), m.source()))
            .toList();
    ObjectNode json = json(base, lora, targets(layers));
    DirectorySwap.of(out, Set.of(Adapter.CONFIG, Adapter.WEIGHTS)::contains)
        .run(
            dir -> {
              Files.write(dir.resolve(Adapter.CONFIG), Json.toBytes(json));
              SafetensorsWriter.write(
                  dir.resolve(Adapter.WEIGHTS), renamed, SafetensorsWriter.TORCH_METADATA);
            });
  }

  private static ObjectNode json(Path base, LoraConfig lora, String targets) {
    ObjectNode json = Json.object();
    json.put(Adapter.BASE, base.toAbsolutePath().normalize().toString());
    json.put("peft_type", "LORA").put("task_type", "CAUSAL_LM").put("inference_mode", true);
    json.put("r", lora.rank()).put("lora_dropout", lora.dropout());
    if (lora.alpha() == Math.rint(lora.alpha())) {
      json.put("lora_alpha", (long) lora.alpha());
    } else {
      json.put("lora_alpha", lora.alpha());
    }
    json.put("target_modules", targets).put("bias", "none").put("fan_in_fan_out", false);
    json.put("init_lora_weights", true).put("use_rslora", false).put("use_dora", false);
    return json;
  }

  /** A pattern for the modules in transformers: names alone would match the vision tower, too. */
  private static String targets(Collection<String> layers) {
    return layers.stream()
        .map(layer -> TensorNames.toModule(layer).replaceAll("(?<=\\.)\\d+(?=\\.)", "#"))
        .map(module -> module.replace(".", "\\.").replace("#", "\\d+"))
        .distinct()
        .collect(Collectors.joining("|", "(", ")"));
  }

  private static String peftName(String name) {
    return "base_model.model." + TensorNames.toModule(name);
  }
}
