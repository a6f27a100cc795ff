package ai.medr1.core.checkpoint;

import ai.medr1.core.InputException;
import ai.medr1.core.config.LoraConfig;
import ai.medr1.core.config.ModelConfig;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * A LoRA adapter in PEFT's layout, opened and validated: {@code adapter_config.json} and {@code
 * adapter_model.safetensors}. Which layers it changes follows from the names of its tensors.
 *
 * @param alpha the branches are scaled by alpha / rank
 * @param tensors A [rank, in] and B [out, rank] of every layer, named as {@link LoraLayers} does
 */
public record Adapter(Path dir, int rank, double alpha, Map<String, TensorInfo> tensors) {
  private static final String CONFIG = "adapter_config.json";
  private static final String WEIGHTS = "adapter_model.safetensors";
  private static final String BASE = "base_model_name_or_path";
  private static final String PREFIX = "base_model.model.";
  private static final Pattern MATRIX = Pattern.compile("(.+)\\.lora_[AB]\\.weight");

  /** Variants of LoRA whose mathematics is another one. */
  private static final List<String> UNSUPPORTED =
      List.of(
          "use_dora",
          "use_qalora",
          "use_bdlora",
          "lora_bias",
          "fan_in_fan_out",
          "modules_to_save",
          "rank_pattern",
          "alpha_pattern",
          "layer_replication",
          "target_parameters",
          "trainable_token_indices",
          "alora_invocation_tokens",
          "arrow_config",
          "kasa_config",
          "monteclora_config",
          "velora_config");

  /** Whether a directory holds an adapter and no model. */
  public static boolean isAdapter(Path dir) {
    return Files.exists(dir.resolve(CONFIG)) && !Files.exists(dir.resolve(Checkpoint.CONFIG));
  }

  /**
   * The directory of the model that an adapter was trained on, as its configuration records it;
   * where that path is relative, to the adapter's directory or to the working directory.
   *
   * @throws InputException if there is no such directory
   */
  public static Path base(Path dir) {
    Path file = dir.resolve(CONFIG);
    String recorded = Section.root(file, Json.read(file)).text(BASE).orElse("");
    return List.of(dir.resolve(recorded), Path.of(recorded)).stream()
        .filter(path -> Files.exists(path.resolve(Checkpoint.CONFIG)))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException(
                    "%s: %s is \"%s\", which is no checkpoint on this machine; give the directory of the base model and this one as its adapter"
                        .formatted(file, BASE, recorded)));
  }

  /**
   * Opens an adapter.
   *
   * @param config of the model that it is to change
   * @throws InputException if files are missing or damaged, or the adapter is for another model or
   *     of another kind
   */
  public static Adapter open(Path dir, ModelConfig config) {
    Path file = dir.resolve(CONFIG);
    if (!Files.exists(file)) {
      throw new InputException(dir + " has no " + CONFIG + ": is it the directory of an adapter?");
    }
    Section json = Section.root(file, Json.read(file));
    requireLora(file, json);
    int rank = json.integer("r");
    double alpha = json.number("lora_alpha", 8);
    if (rank < 1 || !(alpha > 0)) {
      throw json.bad("r and lora_alpha", "positive", rank + " and " + alpha);
    }
    // PEFT scales by alpha / sqrt(rank) then.
    double scaled = json.flag("use_rslora") ? alpha * Math.sqrt(rank) : alpha;
    return new Adapter(dir, rank, scaled, matrices(dir, rank, config));
  }

  private static void requireLora(Path file, Section json) {
    String type = json.text("peft_type").orElse("");
    if (!type.equals("LORA")) {
      throw json.bad("peft_type", "LORA", "\"" + type + "\"");
    }
    JsonNode raw = json.objects().get(0);
    for (String key : UNSUPPORTED) {
      if (isOn(raw.path(key))) {
        throw new InputException(
            "%s: %s is %s; only plain LoRA is supported, merge this adapter with PEFT instead"
                .formatted(file, key, raw.path(key)));
      }
    }
    String bias = json.text("bias").orElse("none");
    if (!bias.equals("none")) {
      throw json.bad("bias", "none", bias);
    }
  }

  private static boolean isOn(JsonNode value) {
    return value.isContainerNode() ? !value.isEmpty() : value.asBoolean(value.isTextual());
  }

  private static Map<String, TensorInfo> matrices(Path dir, int rank, ModelConfig config) {
    Path file = dir.resolve(WEIGHTS);
    if (!Files.exists(file)) {
      throw new InputException(
          dir
              + " has no "
              + WEIGHTS
              + "; adapters in pickle files are not read, save it again with PEFT");
    }
    Map<String, TensorInfo> found = new LinkedHashMap<>();
    Set<String> layers = new TreeSet<>();
    for (TensorInfo tensor : SafetensorsFile.read(file).tensors().values()) {
      String name = publicName(tensor.name());
      layers.add(layer(name, config, file));
      found.put(name, tensor);
    }
    requireShapes(file, found, LoraLayers.shapes(layers, rank, config));
    return Collections.unmodifiableMap(found);
  }

  private static String publicName(String name) {
    return TensorNames.toPublic(name.startsWith(PREFIX) ? name.substring(PREFIX.length()) : name);
  }

  private static String layer(String name, ModelConfig config, Path file) {
    Matcher matrix = MATRIX.matcher(name);
    if (!matrix.matches() || !LoraLayers.isLayer(matrix.group(1), config)) {
      throw new InputException(
          "%s: tensor %s belongs to no linear layer in a block of this model; is the adapter for another one?"
              .formatted(file, name));
    }
    return matrix.group(1);
  }

  private static void requireShapes(
      Path file, Map<String, TensorInfo> found, Map<String, List<Long>> expected) {
    expected.forEach(
        (name, shape) -> {
          TensorInfo tensor = found.get(name);
          if (tensor == null) {
            throw new InputException(file + " lacks the tensor " + name);
          }
          if (!tensor.shape().equals(shape) || !tensor.dtype().isWeight()) {
            throw new InputException(
                "%s: tensor %s has shape %s and type %s, expected %s and F32, BF16 or F16; is the adapter for another model?"
                    .formatted(file, name, tensor.shape(), tensor.dtype(), shape));
          }
        });
    if (expected.isEmpty()) {
      throw new InputException(file + " has no tensors");
    }
  }

  /** The layers that change. */
  public Set<String> layers() {
    return layers(tensors.keySet());
  }

  private static Set<String> layers(Collection<String> names) {
    return names.stream()
        .map(MATRIX::matcher)
        .filter(Matcher::matches)
        .map(matrix -> matrix.group(1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /**
   * Writes an adapter that PEFT loads.
   *
   * @param base directory of the model that it changes; recorded as an absolute path
   * @param matrices named as {@link LoraLayers} does
   */
  public static void save(Path out, Path base, LoraConfig lora, List<NamedTensor> matrices)
      throws IOException {
    List<NamedTensor> renamed =
        matrices.stream()
            .map(m -> new NamedTensor(peftName(m.name()), m.dtype(), m.shape(), m.source()))
            .toList();
    Set<String> layers = layers(matrices.stream().map(NamedTensor::name).toList());
    ObjectNode json = json(base, lora, targets(layers));
    DirectorySwap.of(out, Set.of(CONFIG, WEIGHTS)::contains)
        .run(
            dir -> {
              Files.write(dir.resolve(CONFIG), Json.toBytes(json));
              SafetensorsWriter.write(
                  dir.resolve(WEIGHTS), renamed, SafetensorsWriter.TORCH_METADATA);
            });
  }

  private static ObjectNode json(Path base, LoraConfig lora, String targets) {
    ObjectNode json = Json.object();
    json.put(BASE, base.toAbsolutePath().normalize().toString());
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
  private static String targets(Set<String> layers) {
    return layers.stream()
        .map(layer -> module(layer).replaceAll("(?<=\\.)\\d+(?=\\.)", "#"))
        .map(module -> module.replace(".", "\\.").replace("#", "\\d+"))
        .distinct()
        .collect(Collectors.joining("|", "(", ")"));
  }

  private static String peftName(String name) {
    return PREFIX + module(name);
  }

  /** The name of a module in transformers 5. */
  private static String module(String name) {
    return name.startsWith("visual.")
        ? "model." + name
        : name.replaceFirst("^model\\.", "model.language_model.");
  }

  /** The difference between this adapter and the one that a run calls for, in words. */
  public Optional<String> difference(LoraConfig lora, ModelConfig config) {
    if (rank != lora.rank() || alpha != lora.alpha()) {
      return Optional.of(
          "rank %d and alpha %s, expected %d and %s"
              .formatted(rank, alpha, lora.rank(), lora.alpha()));
    }
    return layers().equals(new TreeSet<>(LoraLayers.of(lora, config)))
        ? Optional.empty()
        : Optional.of("other layers than the targets " + lora.targets());
  }
}
