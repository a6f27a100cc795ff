package ai.medr1.core.checkpoint;

import ai.medr1.core.InputException;
import ai.medr1.core.Warnings;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What generation_config.json says about greedy answers. Its temperature, top_k and top_p are for
 * drawing, which takes its settings from the run, so any value of them will do.
 *
 * @param stopTokens ids that end a text
 * @param repetitionPenalty 1 for none
 */
public record GenerationConfig(Set<Integer> stopTokens, double repetitionPenalty) {
  static final String FILE = "generation_config.json";
  private static final Logger LOG = LoggerFactory.getLogger(GenerationConfig.class);

  /** What the reference would heed in greedy answers and is not done here, with what means off. */
  private static final Map<String, Set<String>> IGNORED =
      Map.ofEntries(
          Map.entry("num_beams", Set.of("1")),
          Map.entry("num_beam_groups", Set.of("1")),
          Map.entry("penalty_alpha", Set.of("0", "0.0")),
          Map.entry("no_repeat_ngram_size", Set.of("0")),
          Map.entry("encoder_no_repeat_ngram_size", Set.of("0")),
          Map.entry("encoder_repetition_penalty", Set.of("1", "1.0")),
          Map.entry("min_length", Set.of("0")),
          Map.entry("min_new_tokens", Set.of("0")),
          Map.entry("guidance_scale", Set.of("1", "1.0")),
          Map.entry("bad_words_ids", Set.of("[]")),
          Map.entry("suppress_tokens", Set.of("[]")),
          Map.entry("begin_suppress_tokens", Set.of("[]")),
          Map.entry("forced_bos_token_id", Set.of()),
          Map.entry("forced_eos_token_id", Set.of()),
          Map.entry("forced_decoder_ids", Set.of("[]")),
          Map.entry("exponential_decay_length_penalty", Set.of()),
          Map.entry("sequence_bias", Set.of("{}", "[]")),
          Map.entry("stop_strings", Set.of("[]")),
          Map.entry("watermarking_config", Set.of("{}")));

  public GenerationConfig {
    stopTokens = Set.copyOf(stopTokens);
    if (!(repetitionPenalty > 0)) {
      throw new IllegalArgumentException(
          "repetition_penalty must be positive (1 is off), found " + repetitionPenalty);
    }
  }

  /** Reads the file of a directory; stop tokens that it lacks come from config.json. */
  static GenerationConfig read(Path dir, Section config) {
    Path file = dir.resolve(FILE);
    ObjectNode json = Files.exists(file) ? Json.read(file) : Json.object();
    Section own = Section.root(file, json);
    warnAboutTheRest(file, json);
    try {
      return new GenerationConfig(stopTokens(own, config), own.number("repetition_penalty", 1));
    } catch (IllegalArgumentException e) {
      throw new InputException(file + ": " + e.getMessage(), e);
    }
  }

  private static void warnAboutTheRest(Path file, ObjectNode json) {
    String found =
        json.properties().stream()
            .filter(e -> IGNORED.containsKey(e.getKey()) && !e.getValue().isNull())
            .filter(
                e -> !IGNORED.getOrDefault(e.getKey(), Set.of()).contains(e.getValue().toString()))
            .map(e -> e.getKey() + " " + e.getValue())
            .collect(Collectors.joining(", "));
    if (!found.isEmpty()) {
      Warnings.once(
          LOG,
          "%s: %s is ignored: of this file, answers heed eos_token_id and repetition_penalty only"
              .formatted(file, found));
    }
  }

  private static Set<Integer> stopTokens(Section own, Section config) {
    List<Integer> ids = own.integers("eos_token_id");
    Section text = config.child("text_config").or(config);
    return new TreeSet<>(ids.isEmpty() ? text.integers("eos_token_id") : ids);
  }
}
