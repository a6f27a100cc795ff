package ai.medr1.core.checkpoint;

import ai.medr1.core.InputException;
import ai.medr1.core.config.ModelConfig;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/**
 * A checkpoint directory in the Hugging Face layout, opened and validated; no values are read.
 *
 * @param rawConfig config.json as it is
 * @param weights where every tensor of {@link Parameters#of} lies, by that name, whatever name the
 *     file gives it
 */
public record Checkpoint(
    Path dir,
    ModelConfig config,
    JsonNode rawConfig,
    Map<String, TensorInfo> weights,
    GenerationConfig generation) {
  static final String CONFIG = "config.json";

  /**
   * Opens a directory with config.json and either model.safetensors or shards with an index.
   *
   * @throws InputException if anything is missing, damaged, surplus or not supported
   */
  public static Checkpoint open(Path dir) {
    if (!Files.isDirectory(dir)) {
      throw new InputException(
          dir + " is not a directory: give one that holds config.json and *.safetensors");
    }
    Path file = dir.resolve(CONFIG);
    if (!Files.exists(file)) {
      throw new InputException(dir + " has no " + CONFIG + ": is it a checkpoint directory?");
    }
    ObjectNode raw = Json.read(file);
    ModelConfig config = ConfigReader.read(file, raw);
    GenerationConfig generation = GenerationConfig.read(dir, Section.root(file, raw));
    Map<String, TensorInfo> weights =
        Weights.validated(dir.toString(), config, WeightFiles.read(dir));
    return new Checkpoint(dir, config, raw, weights, generation);
  }

  /**
   * The ids that end a text.
   *
   * @throws InputException if the checkpoint names none
   */
  public Set<Integer> stopTokens() {
    if (generation.stopTokens().isEmpty()) {
      throw new InputException(
          dir + " names no eos_token_id, neither in generation_config.json nor in config.json");
    }
    return generation.stopTokens();
  }
}
