package ai.medr1.grpo;

import ai.medr1.core.AtomicFile;
import ai.medr1.core.InputException;
import ai.medr1.core.JsonFile;
import ai.medr1.eval.Environment;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.config.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.error.YAMLException;

/**
 * The card of a trained model: {@code README.md} with the metadata of the Hugging Face Hub in
 * front. It tells names, no paths of this machine. The licence is that of the base model where its
 * card tells one; otherwise the owner has to fill it in before publishing.
 */
final class ModelCard {
  private static final Pattern FRONT = Pattern.compile("\\A---\\R(.*?)\\R---\\R", Pattern.DOTALL);
  private static final Pattern CACHED = Pattern.compile("models--(.+?)--(.+)");
  private static final Pattern HUB_ID = Pattern.compile("[\\w.-]+/[\\w.-]+");
  private static final List<String> LICENCE = List.of("license", "license_name", "license_link");

  private final TrainingConfig config;
  private final boolean adapters;
  private final Map<String, Object> base;

  private ModelCard(TrainingConfig config, boolean adapters) {
    this.config = config;
    this.adapters = adapters;
    this.base = front(config.model().resolve("README.md"));
  }

  /**
   * Writes the card of a checkpoint.
   *
   * @param adapters whether it holds adapters alone
   * @param metrics of its last step
   */
  static void write(
      Path checkpoint,
      TrainingConfig config,
      boolean adapters,
      TrainerState state,
      Map<String, Double> metrics) {
    AtomicFile.write(
        checkpoint.resolve("README.md"), new ModelCard(config, adapters).text(state, metrics));
  }

  private String text(TrainerState state, Map<String, Double> metrics) {
    StringBuilder text = new StringBuilder("---\n").append(yaml(metadata())).append("---\n\n");
    text.append("# ").append(name(config.out())).append(", step ").append(state.step());
    text.append("\n\n")
        .append(adapters ? "LoRA adapters for " : "A model trained from ")
        .append(
            baseId()
                .map(id -> "[" + id + "](https://huggingface.co/" + id + ")")
                .orElse(name(config.model())))
        .append(" on medical visual questions, with ")
        .append(config instanceof GrpoConfig ? "GRPO" : "supervised fine-tuning")
        .append(" by medr1 ")
        .append(Environment.version())
        .append(
            ".\n\nFor research. It is not a medical device and must not be used for diagnosis.\n");
    section(text, "Data", data());
    section(text, "Recipe", recipe(state));
    text.append("\nEvery setting is in `config.yaml`.\n");
    Map<String, String> results = new LinkedHashMap<>();
    metrics.forEach((key, value) -> results.put("`" + key + "`", number(value)));
    section(text, "The last step of the training", results);
    text.append("\nThese are of training questions. How good the model is, an evaluation tells.\n");
    text.append("\n## Licence\n\n").append(licence()).append('\n');
    return text.toString();
  }

  private Map<String, Object> metadata() {
    Map<String, Object> metadata = new LinkedHashMap<>();
    LICENCE.stream().filter(base::containsKey).forEach(key -> metadata.put(key, base.get(key)));
    baseId().ifPresent(id -> metadata.put("base_model", id));
    if (adapters) {
      baseId().ifPresent(id -> metadata.put("base_model_relation", "adapter"));
    }
    metadata.put("library_name", adapters ? "peft" : "transformers");
    metadata.put("pipeline_tag", "image-text-to-text");
    metadata.put(
        "tags",
        List.of(
            "medr1",
            config instanceof GrpoConfig ? "grpo" : "sft",
            "medical",
            "visual-question-answering"));
    return metadata;
  }

  private String licence() {
    return base.containsKey("license")
        ? "That of the base model: " + base.get("license") + "."
        : "The base model's card tells none. Before this is published, add `license: …` to the lines on top of this file.";
  }

  /** The name on the Hub, where the folder is of its cache or the configuration tells it. */
  private Optional<String> baseId() {
    for (Path part : config.model().toAbsolutePath()) {
      Matcher cached = CACHED.matcher(part.toString());
      if (cached.matches()) {
        return Optional.of(cached.group(1) + "/" + cached.group(2));
      }
    }
    String told;
    try {
      told = JsonFile.read(config.model().resolve("config.json")).path("_name_or_path").asText();
    } catch (InputException adaptersAlone) {
      return Optional.empty();
    }
    return Optional.of(told).filter(id -> HUB_ID.matcher(id).matches());
  }

  private Map<String, String> data() {
    Map<String, String> data = new LinkedHashMap<>();
    Path splits = config.data().splits();
    data.put("Source", splits.toString().isEmpty() ? "given by a program" : name(splits));
    if (!config.data().modalities().isEmpty()) {
      data.put("Modalities", config.data().modalities().toString());
    }
    if (!config.data().tasks().isEmpty()) {
      data.put("Tasks", config.data().tasks().toString());
    }
    data.put("Prompt", config.data().prompt());
    return data;
  }

  private Map<String, String> recipe(TrainerState state) {
    Map<String, String> recipe = new LinkedHashMap<>();
    recipe.put("Steps", String.valueOf(state.step()));
    recipe.put("Questions per step", String.valueOf(config.perStep()));
    if (config instanceof GrpoConfig grpo) {
      recipe.put("Completions per question", String.valueOf(grpo.group()));
      recipe.put("Weight of the KL divergence", number(grpo.beta()));
      recipe.put("Loss, advantages", grpo.loss() + ", " + grpo.advantage());
      recipe.put("Temperature", number(grpo.sampling().temperature()));
    }
    recipe.put("Learning rate", number(config.optimizer().learningRate()));
    recipe.put("Tokens seen", String.valueOf(state.tokens()));
    recipe.put("Seed", String.valueOf(config.seed()));
    return recipe;
  }

  private static void section(StringBuilder text, String title, Map<String, String> rows) {
    if (rows.isEmpty()) {
      return;
    }
    text.append("\n## ").append(title).append("\n\n| | |\n|-|-|\n");
    rows.forEach(
        (key, value) ->
            text.append("| ")
                .append(key)
                .append(" | ")
                .append(value.replaceAll("\\s+", " ").replace("|", "\\|"))
                .append(" |\n"));
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4g", value);
  }

  private static String name(Path path) {
    return String.valueOf(path.toAbsolutePath().normalize().getFileName());
  }

  private static String yaml(Map<String, Object> metadata) {
    DumperOptions options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    return new Yaml(options).dump(metadata);
  }

  /** The metadata of a card; none where there is no card or none that can be read. */
  private static Map<String, Object> front(Path card) {
    Map<String, Object> front = new LinkedHashMap<>();
    try {
      Matcher matcher = FRONT.matcher(Files.isRegularFile(card) ? Files.readString(card) : "");
      if (matcher.find()
          && new Yaml(new SafeConstructor(new LoaderOptions())).load(matcher.group(1))
              instanceof Map<?, ?> found) {
        found.forEach((key, value) -> front.put(String.valueOf(key), value));
      }
    } catch (IOException | YAMLException unreadable) {
      front.clear(); // a card is no reason to lose a checkpoint
    }
    return front;
  }
}
