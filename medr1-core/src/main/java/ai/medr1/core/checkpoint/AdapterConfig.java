package ai.medr1.core.checkpoint;

import ai.medr1.core.InputException;
import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The adapter_config.json of a LoRA adapter: what of it decides what the tensors mean. Which layers
 * have branches follows from the tensors alone, so the keys that chose them are not looked at.
 *
 * @param alpha of layers that no pattern names
 * @param start what PEFT does to the base when it loads the adapter
 * @param modulesToSave ends of the names of modules of which copies were trained
 * @param tiesWeights whether copies of tied modules are one
 */
record AdapterConfig(
    Path file,
    int rank,
    double alpha,
    boolean rankStabilized,
    Map<Pattern, Integer> ranks,
    Map<Pattern, Double> alphas,
    Adapter.Start start,
    List<String> modulesToSave,
    boolean tiesWeights,
    JsonNode tokenIndices) {
  private static final Logger LOG = LoggerFactory.getLogger(AdapterConfig.class);

  /** Variants of LoRA whose mathematics, or whose model, is another one. */
  private static final List<String> REFUSED =
      List.of(
          "use_dora",
          "use_qalora",
          "use_bdlora",
          "layer_replication",
          "alora_invocation_tokens",
          "arrow_config",
          "kasa_config",
          "monteclora_config",
          "velora_config",
          "megatron_config");

  /** Read here, or without a meaning for what the tensors are. */
  private static final Set<String> KNOWN =
      Set.of(
          "alpha_pattern",
          "auto_mapping",
          "base_model_name_or_path",
          "bias",
          "corda_config",
          "ensure_weight_tying",
          "eva_config",
          "exclude_modules",
          "fan_in_fan_out", // PEFT takes it back for the layers of these models
          "inference_mode",
          "init_lora_weights",
          "layers_pattern",
          "layers_to_transform",
          "loftq_config",
          "lora_alpha",
          "lora_bias",
          "lora_dropout",
          "lora_ga_config",
          "megatron_core",
          "modules_to_save",
          "peft_type",
          "peft_version",
          "qalora_group_size",
          "r",
          "rank_pattern",
          "revision",
          "runtime_config",
          "target_modules",
          "target_parameters",
          "task_type",
          "trainable_token_indices",
          "use_rslora");

  /** First values of matrices that leave the base as it is. */
  private static final Set<String> PLAIN = Set.of("gaussian", "eva", "orthogonal", "mica");

  private static final String MERGE =
      "merge it with PEFT where PEFT can (merge_and_unload) and give medr1 the merged model";

  /**
   * Reads the file.
   *
   * @throws InputException if it is damaged, or the adapter is of a kind that is not read
   */
  static AdapterConfig read(Path file) {
    Section json = Section.root(file, Json.read(file));
    JsonNode raw = json.objects().get(0);
    requireLora(json, raw);
    tellUnknown(file, raw);
    int rank = json.integer("r", 8);
    double alpha = json.number("lora_alpha", 8);
    if (rank < 1 || !(alpha > 0)) {
      throw json.bad("r and lora_alpha", "positive", rank + " and " + alpha);
    }
    return new AdapterConfig(
        file,
        rank,
        alpha,
        json.flag("use_rslora"),
        patterns(json, "rank_pattern", JsonNode::isIntegralNumber, JsonNode::intValue),
        patterns(json, "alpha_pattern", JsonNode::isNumber, JsonNode::doubleValue),
        start(file, raw.path("init_lora_weights")),
        json.texts("modules_to_save"),
        json.flag("ensure_weight_tying"),
        raw.path("trainable_token_indices"));
  }

  private static void requireLora(Section json, JsonNode raw) {
    String type = json.text("peft_type").orElse("");
    if (!type.equals("LORA")) {
      throw new InputException(
          "%s: peft_type is \"%s\"; of PEFT's kinds of adapters, LORA is read: %s"
              .formatted(json.file(), type, MERGE));
    }
    for (String key : REFUSED) {
      if (isOn(raw.path(key))) {
        throw new InputException(
            "%s: %s is %s, which is not plain LoRA: %s"
                .formatted(json.file(), key, raw.path(key), MERGE));
      }
    }
    String bias = json.text("bias").orElse("none");
    if (!Set.of("none", "all", "lora_only").contains(bias)) {
      throw json.bad("bias", "none, all or lora_only", bias);
    }
  }

  private static boolean isOn(JsonNode value) {
    return value.isContainerNode() ? !value.isEmpty() : value.asBoolean(value.isTextual());
  }

  private static void tellUnknown(Path file, JsonNode raw) {
    Set<String> unknown = new TreeSet<>();
    raw.properties().stream()
        .filter(entry -> isOn(entry.getValue()))
        .map(Map.Entry::getKey)
        .filter(key -> !KNOWN.contains(key) && !REFUSED.contains(key))
        .forEach(unknown::add);
    if (!unknown.isEmpty()) {
      LOG.warn(
          "{}: {} ignored: medr1 does not know such settings of LoRA, and takes the adapter as"
              + " plain",
          file,
          unknown);
    }
  }

  /** What PEFT does to the base weights of a layer when it loads an adapter for it. */
  private static Adapter.Start start(Path file, JsonNode value) {
    if (!value.isTextual()) {
      return Adapter.Start.PLAIN; // true, false and null are ways to begin training only
    }
    String kind = value.textValue();
    if (kind.equals("pissa")) {
      return Adapter.Start.PISSA;
    }
    if (kind.toLowerCase(Locale.ROOT).equals("olora")) {
      return Adapter.Start.OLORA;
    }
    if (kind.equals("lora_ga")) {
      LOG.warn(
          "{}: init_lora_weights is lora_ga: as PEFT does, the adapter is added to the base as it"
              + " is, although LoRA-GA had changed the base when training began",
          file);
      return Adapter.Start.PLAIN;
    }
    if (PLAIN.contains(kind.toLowerCase(Locale.ROOT))) {
      return Adapter.Start.PLAIN;
    }
    throw new InputException(
        "%s: init_lora_weights is \"%s\": %s".formatted(file, kind, whyRefused(kind)));
  }

  private static String whyRefused(String kind) {
    String convert =
        "; make a plain adapter of it with PEFT, save_pretrained(DIR,"
            + " path_initial_model_for_weight_conversion=...), or merge it there";
    if (kind.startsWith("pissa")) {
      return "PEFT draws random numbers to find the weights that such an adapter belongs to, so they cannot be found again"
          + convert;
    }
    if (kind.startsWith("corda")) {
      return "the weights that such an adapter belongs to follow from data that is not in it"
          + convert;
    }
    if (kind.equals("loftq")) {
      return "it belongs to a quantised base, which is not in it; give the base that was saved with it, and set init_lora_weights to true";
    }
    return "neither PEFT 0.21 nor medr1 knows that kind";
  }

  private static <T> Map<Pattern, T> patterns(
      Section json,
      String key,
      Predicate<JsonNode> good,
      java.util.function.Function<JsonNode, T> value) {
    Map<Pattern, T> patterns = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry :
        json.child(key).objects().get(0).properties()) { // in the order of the file, as PEFT
      JsonNode number = entry.getValue();
      if (!good.test(number) || !(number.doubleValue() > 0)) {
        throw json.bad(key + "." + entry.getKey(), "a positive number", number);
      }
      try {
        patterns.put(Pattern.compile("(.*\\.)?(" + entry.getKey() + ")"), value.apply(number));
      } catch (PatternSyntaxException e) {
        throw json.bad(key, "regular expressions as keys", entry.getKey());
      }
    }
    return patterns;
  }

  /** The rank of a layer's branch. */
  int rankOf(AdapterKey layer) {
    return of(ranks, layer).orElse(rank);
  }

  /** By what the branch of a layer is multiplied. */
  double scaleOf(AdapterKey layer) {
    double own = of(alphas, layer).orElse(alpha);
    return rankStabilized ? own / Math.sqrt(rankOf(layer)) : own / rankOf(layer);
  }

  /** PEFT matches the path in the model; that of the file first, then those of other versions. */
  private static <T> Optional<T> of(Map<Pattern, T> patterns, AdapterKey layer) {
    List<String> paths = List.of(layer.written(), TensorNames.toModule(layer.name()), layer.name());
    return paths.stream()
        .flatMap(
            path ->
                patterns.entrySet().stream()
                    .filter(entry -> entry.getKey().matcher(path).matches())
                    .map(Map.Entry::getValue)
                    .limit(1))
        .findFirst();
  }

  /**
   * The rows of an embedding that were trained, in the order of the file.
   *
   * @throws InputException if there are none
   */
  int[] tokensOf(AdapterKey layer) {
    JsonNode found = tokenIndices;
    if (tokenIndices.isObject()) {
      found =
          tokenIndices.properties().stream()
              .filter(e -> ("." + layer.written()).endsWith("." + e.getKey()))
              .map(Map.Entry::getValue)
              .findFirst()
              .orElse(tokenIndices.path(""));
    }
    List<Integer> tokens = new ArrayList<>();
    found.forEach(token -> tokens.add(token.isIntegralNumber() ? token.intValue() : -1));
    if (tokens.isEmpty() || tokens.contains(-1)) {
      throw new InputException(
          "%s: trainable_token_indices must list the tokens of %s, found %s"
              .formatted(file, layer.written(), tokenIndices));
    }
    return tokens.stream().mapToInt(Integer::intValue).toArray();
  }
}
