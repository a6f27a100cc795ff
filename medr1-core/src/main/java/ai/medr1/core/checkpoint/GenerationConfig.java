package ai.medr1.core.checkpoint;

import ai.medr1.core.InputException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * How a checkpoint wants to be sampled (generation_config.json); what the file does not set has no
 * effect.
 *
 * @param stopTokens ids that end a text
 * @param repetitionPenalty 1 for none
 * @param temperature 0 for always the most likely token
 * @param topP 1 for all tokens
 * @param topK 0 for all tokens
 */
public record GenerationConfig(
    Set<Integer> stopTokens, double repetitionPenalty, double temperature, double topP, int topK) {
  static final String FILE = "generation_config.json";

  public GenerationConfig {
    stopTokens = Set.copyOf(stopTokens);
    check(repetitionPenalty > 0, "repetition_penalty must be positive", repetitionPenalty);
    check(temperature >= 0, "temperature must not be negative", temperature);
    check(topP > 0 && topP <= 1, "top_p must be in (0, 1]", topP);
    check(topK >= 0, "top_k must not be negative", topK);
  }

  /** Reads the file of a directory; stop tokens that it lacks come from config.json. */
  static GenerationConfig read(Path dir, Section config) {
    Path file = dir.resolve(FILE);
    ObjectNode json = Files.exists(file) ? Json.read(file) : Json.object();
    Section own = Section.root(file, json);
    try {
      return new GenerationConfig(
          stopTokens(own, config),
          own.number("repetition_penalty", 1),
          own.number("temperature", 1),
          own.number("top_p", 1),
          own.integer("top_k", 0));
    } catch (IllegalArgumentException e) {
      throw new InputException(file + ": " + e.getMessage(), e);
    }
  }

  private static Set<Integer> stopTokens(Section own, Section config) {
    List<Integer> ids = own.integers("eos_token_id");
    Section text = config.child("text_config").or(config);
    return new TreeSet<>(ids.isEmpty() ? text.integers("eos_token_id") : ids);
  }

  private static void check(boolean good, String message, double found) {
    if (!good) {
      throw new IllegalArgumentException(message + ", found " + found);
    }
  }
}
