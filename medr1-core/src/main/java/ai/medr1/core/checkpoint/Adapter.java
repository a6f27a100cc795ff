package ai.medr1.core.checkpoint;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import ai.medr1.core.config.LoraConfig;
import ai.medr1.core.config.ModelConfig;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * A LoRA adapter in PEFT's layout, opened and validated: {@code adapter_config.json} and {@code
 * adapter_model.safetensors}. Which layers it changes follows from the names of its tensors.
 *
 * @param branches by layer, such as {@code model.layers.0.self_attn.q_proj}
 * @param replaced tensors in the place of the base's, by the names of {@link Parameters#of}
 * @param rows of the embedding or the head that were trained, by layer
 * @param unties whether the embedding of a base that uses it as its head, too, is no longer both
 */
public record Adapter(
    Path dir,
    Map<String, Branch> branches,
    Map<String, TensorInfo> replaced,
    Map<String, Rows> rows,
    boolean unties) {
  static final String CONFIG = "adapter_config.json";
  static final String WEIGHTS = "adapter_model.safetensors";
  static final String BASE = "base_model_name_or_path";

  /** What PEFT does to a base weight when it loads a branch. */
  public enum Start {
    /** Nothing. */
    PLAIN,
    /** The largest singular values are taken off. */
    PISSA,
    /** The first rows of the QR decomposition are taken off. */
    OLORA
  }

  /**
   * A layer x W^T becomes x W^T + scale · (x A^T B^T + bias).
   *
   * @param down A [rank, in], or its transpose of a token embedding
   * @param up B [out, rank], or its transpose of a token embedding
   * @param bias [out]
   * @param transposed whether the stored matrices are the transposes
   * @param start what happens to W before
   */
  public record Branch(
      int rank,
      double scale,
      TensorInfo down,
      TensorInfo up,
      Optional<TensorInfo> bias,
      boolean transposed,
      Start start) {}

  /**
   * Rows in the place of the base's.
   *
   * @param values [tokens, width]
   * @param tokens which rows
   */
  public record Rows(TensorInfo values, List<Integer> tokens) {}

  /** Whether a directory holds an adapter and no model. */
  public static boolean isAdapter(Path dir) {
    return Files.exists(dir.resolve(CONFIG))
        && Stream.of(WeightFiles.SINGLE, WeightFiles.INDEX)
            .noneMatch(file -> Files.exists(dir.resolve(file)));
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
    return Stream.of(dir.resolve(recorded), Path.of(recorded))
        .filter(path -> !recorded.isBlank() && Files.exists(path.resolve(Checkpoint.CONFIG)))
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
   *     of a kind that is not read
   */
  public static Adapter open(Path dir, ModelConfig config) {
    Path file = dir.resolve(CONFIG);
    if (!Files.exists(file)) {
      throw new InputException(dir + " has no " + CONFIG + ": " + whereElse(dir));
    }
    return AdapterReader.read(dir, AdapterConfig.read(file), config);
  }

  /** PEFT writes an adapter that is not named "default" into a folder of that name. */
  private static String whereElse(Path dir) {
    try (Stream<Path> inside = Files.isDirectory(dir) ? Files.list(dir) : Stream.empty()) {
      return inside
          .filter(folder -> Files.exists(folder.resolve(CONFIG)))
          .findFirst()
          .map(folder -> "give " + folder + ", which has one")
          .orElse("is it the directory of an adapter?");
    } catch (IOException e) {
      throw new InputException("cannot read " + dir + ": " + IoReason.of(e), e);
    }
  }

  /** The layers that have branches. */
  public Set<String> layers() {
    return new TreeSet<>(branches.keySet());
  }

  /** The base with the tensors that this adapter puts in their place; without its branches. */
  public Checkpoint appliedTo(Checkpoint base) {
    if (replaced.isEmpty() && !unties) {
      return base;
    }
    ModelConfig config = unties ? untied(base.config()) : base.config();
    Map<String, TensorInfo> weights = new LinkedHashMap<>();
    for (String name : Parameters.of(config).keySet()) {
      TensorInfo own =
          Optional.ofNullable(base.weights().get(name))
              .orElse(base.weights().get(Parameters.EMBEDDING)); // the head of a tied base
      weights.put(name, replaced.getOrDefault(name, own));
    }
    ObjectNode raw = base.rawConfig().deepCopy();
    if (unties) {
      raw.put("tie_word_embeddings", false);
      if (raw.path("text_config") instanceof ObjectNode text && text.has("tie_word_embeddings")) {
        text.put("tie_word_embeddings", false);
      }
    }
    return new Checkpoint(base.dir(), config, raw, weights, base.generation());
  }

  static ModelConfig untied(ModelConfig config) {
    return new ModelConfig(config.family(), config.text(), config.vision(), config.tokens(), false);
  }

  /** The difference between this adapter and the one that a run calls for, in words. */
  public Optional<String> difference(LoraConfig lora, ModelConfig config) {
    if (!isPlain()) {
      return Optional.of(
          "more than plain branches of linear layers, which can be used but not trained on");
    }
    double scale = lora.alpha() / lora.rank();
    List<String> others =
        branches.values().stream()
            .filter(branch -> branch.rank() != lora.rank() || branch.scale() != scale)
            .map(branch -> "rank %d and scale %s".formatted(branch.rank(), branch.scale()))
            .distinct()
            .toList();
    if (!others.isEmpty()) {
      return Optional.of(
          "%s, expected %d and %s (alpha / rank)"
              .formatted(String.join(", ", others), lora.rank(), scale));
    }
    return layers().equals(new TreeSet<>(LoraLayers.of(lora, config)))
        ? Optional.empty()
        : Optional.of("other layers than the targets " + lora.targets());
  }

  private boolean isPlain() {
    return replaced.isEmpty()
        && rows.isEmpty()
        && branches.values().stream()
            .allMatch(b -> b.bias().isEmpty() && !b.transposed() && b.start() == Start.PLAIN);
  }
}
