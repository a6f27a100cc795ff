package ai.medr1.core.checkpoint;

import ai.medr1.core.FileKind;
import ai.medr1.core.InputException;
import ai.medr1.core.Warnings;
import ai.medr1.core.config.ModelConfig;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A checkpoint directory in the Hugging Face layout, opened and validated; no values are read.
 *
 * @param rawConfig config.json as it is; but untied where a head of its own is stored
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
  private static final Logger LOG = LoggerFactory.getLogger(Checkpoint.class);
  private static final String TIED = "tie_word_embeddings";

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
    if (FileKind.of(file) == FileKind.MISSING) {
      throw new InputException(dir + " has no " + CONFIG + ": is it a checkpoint directory?");
    }
    ObjectNode raw = Json.read(file);
    ModelConfig config = ConfigReader.read(file, raw);
    Map<String, TensorInfo> stored = WeightFiles.read(dir);
    if (config.tieWordEmbeddings() && Weights.headDiffers(dir.toString(), stored)) {
      untie(dir, raw);
      config = ConfigReader.read(file, raw);
    }
    GenerationConfig generation = GenerationConfig.read(dir, Section.root(file, raw));
    Map<String, TensorInfo> weights = Weights.validated(dir.toString(), config, stored);
    return new Checkpoint(dir, config, raw, weights, generation);
  }

  /** As transformers 5 does; what is saved says so. */
  private static void untie(Path dir, ObjectNode config) {
    Warnings.once(
        LOG,
        ("%s: tie_word_embeddings of config.json is ignored: lm_head.weight is stored and differs"
                + " from the embedding, so it is used, as in transformers 5")
            .formatted(dir));
    config.put(TIED, false);
    if (config.path("text_config") instanceof ObjectNode text && text.has(TIED)) {
      text.put(TIED, false);
    }
  }

  /**
   * Refuses what can be used but not trained as the reference would.
   *
   * @throws InputException naming the key
   */
  public void requireTrainable() {
    ConfigReader.requireNoDropout(dir.resolve(CONFIG), (ObjectNode) rawConfig);
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
