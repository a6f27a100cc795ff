package ai.medr1.grpo.config;

import ai.medr1.core.InputException;
import ai.medr1.data.Columns;
import ai.medr1.data.DataForm;
import ai.medr1.data.DataSource;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A study: trains a model on each modality or task, in several variants, and evaluates each of them
 * on all modalities or tasks.
 *
 * @param model checkpoint that all trainings start from
 * @param out directory of the experiment
 * @param seed of all trainings
 * @param kind what rows and columns are
 * @param names of the modalities or tasks, empty for all
 * @param keep what stays of a training once its row is evaluated
 * @param data what is trained and tested on
 * @param variants a matrix is made of each
 * @param grpo what the variants that train with GRPO have in common
 * @param sft what the variants that train supervised have in common
 * @param evaluate how models are evaluated
 */
@RecordBuilder
public record ExperimentConfig(
    Path model,
    Path out,
    long seed,
    Kind kind,
    List<String> names,
    Keep keep,
    ExperimentData data,
    List<VariantConfig> variants,
    GrpoConfig grpo,
    SftConfig sft,
    EvaluateConfig evaluate)
    implements ExperimentConfigBuilder.With {

  /** What rows and columns of a matrix are. */
  public enum Kind {
    MODALITY,
    TASK;

    /** The name in files. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** What stays of a training once its row is evaluated. */
  public enum Keep {
    /** Its checkpoints, with the state of the optimizer. */
    ALL,
    /** The last checkpoint as a model. */
    MODEL,
    /** Its log. */
    LOG
  }

  /**
   * What is trained and tested on.
   *
   * @param splits folder with splits in Med-R1's form, or a folder of files in any other form,
   *     whose names tell what is trained and what is tested on
   * @param form how the data are to be read
   * @param columns names of columns by ours, where they are called otherwise than in the form
   * @param images folder that image names are relative to; empty where it is that of the splits
   */
  @RecordBuilder
  @RecordBuilder.Options(prefixEnclosingClassNames = false)
  public record ExperimentData(
      Path splits, Path images, String form, Map<String, List<String>> columns)
      implements ExperimentDataBuilder.With {
    public ExperimentData {
      form = Parts.form(form);
      columns = Map.copyOf(columns);
      Columns.given(columns);
    }

    /** Where the images are. */
    public Path imageRoot() {
      return images.toString().isEmpty() ? splits : images;
    }

    /** The items. */
    public DataSource source() {
      return Parts.source(splits, imageRoot(), form, columns);
    }
  }

  private static final Path NONE = Path.of("");

  /** Keys of a training that its cell decides. */
  private static final Set<String> DECIDED =
      Set.of(
          "model",
          "out",
          "seed",
          "data.splits",
          "data.images",
          "data.form",
          "data.columns",
          "data.modalities",
          "data.tasks",
          "data.prompt");

  /** Keys that may differ when an experiment goes on: they change no result. */
  private static final Set<String> FREE =
      Set.of(
          "out",
          "names",
          "keep",
          "variants",
          "grpo.batchTokens",
          "grpo.load.device",
          "grpo.load.threads",
          "grpo.load.recompute",
          "grpo.checkpoint.every",
          "grpo.checkpoint.keep",
          "sft.batchTokens",
          "sft.load.device",
          "sft.load.threads",
          "sft.load.recompute",
          "sft.checkpoint.every",
          "sft.checkpoint.keep",
          "evaluate.batch",
          "evaluate.load.device",
          "evaluate.load.threads");

  public ExperimentConfig {
    names = List.copyOf(names);
    variants = List.copyOf(variants);
    undecided("grpo", ConfigFile.differences(GrpoConfig.of(NONE, NONE), grpo));
    undecided("sft", ConfigFile.differences(SftConfig.of(NONE, NONE), sft));
    Check.that(
        evaluate.modalities().isEmpty() && evaluate.tasks().isEmpty(),
        "evaluate.modalities and evaluate.tasks are decided by the column of a cell; remove them");
    Set<String> seen = new HashSet<>();
    for (VariantConfig variant : variants) {
      Check.that(!variant.name().isEmpty(), "variants: one of them has no name");
      Check.that(
          seen.add(variant.name()), "variants: the name " + variant.name() + " is given twice");
      requireFits(variant, evaluate);
    }
  }

  private static void requireFits(VariantConfig variant, EvaluateConfig evaluate) {
    try {
      evaluate.requireFits(variant.asked().wording());
    } catch (InputException e) {
      throw new InputException(
          "variant %s: evaluate.%s".formatted(variant.name(), e.getMessage()), e);
    }
  }

  private static void undecided(String block, List<String> changed) {
    changed.stream()
        .filter(DECIDED::contains)
        .findFirst()
        .ifPresent(
            key ->
                Check.that(
                    false,
                    "%s.%s is decided for each training by the experiment; remove it"
                        .formatted(block, key)));
  }

  /** Med-R1's recipes, no variants. */
  public static ExperimentConfig defaults() {
    return new ExperimentConfig(
        NONE,
        NONE,
        42,
        Kind.MODALITY,
        List.of(),
        Keep.MODEL,
        new ExperimentData(NONE, NONE, DataForm.AUTO.label(), Map.of()),
        List.of(),
        GrpoConfig.of(NONE, NONE),
        SftConfig.of(NONE, NONE),
        EvaluateConfig.defaults());
  }

  /**
   * Reads a configuration.
   *
   * @param settings {@code key=value}, which win over the file
   * @throws InputException naming line and key of what is wrong
   */
  public static ExperimentConfig read(Path file, List<String> settings) {
    ExperimentConfig config = ConfigFile.read(defaults(), file, settings);
    ConfigFile.require(file, "model", config.model(), "the checkpoint to start from");
    ConfigFile.require(file, "out", config.out(), "the directory of the experiment");
    ConfigFile.require(file, "data.splits", config.data().splits(), "the folder with the splits");
    if (config.variants().isEmpty()) {
      throw new InputException(
          file + ": variants is missing: write variants: and a list of blocks, each with a name");
    }
    return config;
  }

  /** The training of a variant with GRPO; its name and cell are still to be put in. */
  public GrpoConfig grpo(VariantConfig variant) {
    return set(grpo, variant);
  }

  /** The supervised training of a variant. */
  public SftConfig sft(VariantConfig variant) {
    return set(sft, variant);
  }

  private static <T extends Record> T set(T config, VariantConfig variant) {
    T changed;
    try {
      changed = ConfigFile.with(config, variant.set().toArray(String[]::new));
    } catch (InputException e) {
      throw new InputException("variants, set of " + variant.name() + ": " + e.getMessage(), e);
    }
    ConfigFile.differences(config, changed).stream()
        .filter(DECIDED::contains)
        .findFirst()
        .ifPresent(
            key -> {
              throw new InputException(
                  "variants, set of %s: %s is decided for each training by the experiment; remove it"
                      .formatted(variant.name(), key));
            });
    return changed;
  }

  /**
   * The key that keeps this configuration from going on with an experiment that another one began;
   * empty where it can. Variants and names may be added.
   */
  public Optional<String> conflict(ExperimentConfig began) {
    Optional<String> key =
        ConfigFile.differences(began, this).stream().filter(k -> !FREE.contains(k)).findFirst();
    return key.or(
        () ->
            began.variants().stream()
                .filter(variant -> !variants.contains(variant))
                .map(variant -> "variants (" + variant.name() + ")")
                .findFirst());
  }
}
