package ai.medr1.grpo.config;

import io.soabase.recordbuilder.core.RecordBuilder;
import java.nio.file.Path;
import java.util.List;

/**
 * A supervised run. The defaults are Med-R1's baseline (arXiv 2503.13939 and its published training
 * script): one epoch of 4 × 16 items per step, learning rate 2e-5 with a cosine.
 *
 * <p>Deviation: only the answer is learned. Med-R1's script also learns the text of the prompt, as
 * {@link Learned#ALL} does.
 *
 * @param model checkpoint to start from
 * @param out directory of the run
 * @param seed of the data order
 * @param epochs times that every item is seen, where maxSteps is 0
 * @param maxSteps optimizer steps, 0 for as many as epochs need
 * @param batch items that are scored and differentiated together at most: a micro-batch
 * @param batchTokens tokens of such a micro-batch at most, padding included; 0: as many as fit into
 *     memory as planned
 * @param accumulation batches of one optimizer step
 * @param learn which tokens are learned
 * @param maxBadSteps steps with a loss or gradient that is not finite are skipped and counted; so
 *     many in a row end the run
 */
@RecordBuilder
public record SftConfig(
    Path model,
    Path out,
    long seed,
    double epochs,
    long maxSteps,
    int batch,
    int batchTokens,
    int accumulation,
    Learned learn,
    int maxBadSteps,
    DataConfig data,
    HeldOutConfig heldOut,
    OptimizerConfig optimizer,
    ModelOptions load,
    CheckpointConfig checkpoint)
    implements TrainingConfig, SftConfigBuilder.With {

  /** Which tokens are learned. */
  public enum Learned {
    /** Those of the answer and the token that ends it. */
    ANSWER,
    /**
     * All but the first and those that stand for images: the system message, the question and the
     * answer with its line end, as Med-R1's script does.
     */
    ALL
  }

  public SftConfig {
    Check.notNegative("epochs", epochs);
    Check.notNegative("maxSteps", maxSteps);
    Check.positive("batch", batch);
    Check.notNegative("batchTokens", batchTokens);
    Check.positive("accumulation", accumulation);
    Check.positive("maxBadSteps", maxBadSteps);
    Check.that(
        epochs > 0 || maxSteps > 0,
        "epochs is 0 and maxSteps is 0, so that nothing would be trained; set one of them");
  }

  /**
   * Reads a configuration.
   *
   * @param settings {@code key=value}, which win over the file
   * @throws ai.medr1.core.InputException naming line and key of what is wrong
   */
  public static SftConfig read(Path file, List<String> settings) {
    SftConfig config = ConfigFile.read(of(Path.of(""), Path.of("")), file, settings);
    ConfigFile.require(file, "model", config.model(), "the checkpoint to start from");
    ConfigFile.require(file, "out", config.out(), "the directory of the run");
    return config;
  }

  /** Med-R1's baseline. */
  public static SftConfig of(Path model, Path out) {
    return new SftConfig(
        model,
        out,
        42,
        1,
        0,
        4,
        0,
        16,
        Learned.ANSWER,
        10,
        DataConfig.defaults(),
        HeldOutConfig.defaults(),
        OptimizerConfig.sft(),
        ModelOptions.defaults(),
        CheckpointConfig.defaults());
  }
}
