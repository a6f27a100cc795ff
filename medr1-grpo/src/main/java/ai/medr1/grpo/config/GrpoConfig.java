package ai.medr1.grpo.config;

import ai.medr1.core.InputException;
import ai.medr1.grpo.reward.Format;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * A GRPO run. The defaults are Med-R1's recipe (arXiv 2503.13939 and its published training
 * script).
 *
 * @param model checkpoint to start from, which is the reference as well
 * @param out directory of the run
 * @param seed of the data order and of all samples
 * @param epochs times that every item is seen, where maxSteps is 0
 * @param maxSteps optimizer steps, 0 for as many as epochs need
 * @param batch prompts that are scored and differentiated together at most: a micro-batch
 * @param batchTokens tokens of such a micro-batch at most, padding included; 0: as many as fit into
 *     memory as planned
 * @param accumulation batches of one optimizer step
 * @param group completions per prompt, at least 2: they are compared with each other
 * @param beta weight of the divergence from the reference; 0 loads no reference
 * @param loss name of the policy loss: {@code grpo}, {@code bnpo}, {@code dr_grpo}, {@code dapo},
 *     {@code gspo}, {@code gspo_token}, {@code cispo}, {@code sapo}, or one of an {@link Extension}
 * @param advantage name of what completions are compared by: {@code group}, {@code batch}, {@code
 *     none}, {@code rloo}, {@code reinforce_plus_plus_baseline}, {@code gdpo}, {@code maxrl}, or
 *     one of an {@link Extension}
 * @param method what losses are made of, and what is learned from
 * @param format what the format reward pays for
 * @param rewards weights of the rewards by name; may be none where a program brings its own
 * @param scoring how rewards are called, and what they are made of
 * @param numericTolerance share of a right number that an answer may be off, in [0, 1)
 * @param maxBadSteps steps with a loss or gradient that is not finite are skipped and counted; so
 *     many in a row end the run
 */
@RecordBuilder
public record GrpoConfig(
    Path model,
    Path out,
    long seed,
    double epochs,
    long maxSteps,
    int batch,
    int batchTokens,
    int accumulation,
    int group,
    double beta,
    String loss,
    String advantage,
    MethodConfig method,
    Format format,
    Map<String, Double> rewards,
    ScoringConfig scoring,
    double numericTolerance,
    int maxBadSteps,
    DataConfig data,
    HeldOutConfig heldOut,
    SamplingConfig sampling,
    OptimizerConfig optimizer,
    ModelOptions load,
    CheckpointConfig checkpoint)
    implements TrainingConfig, GrpoConfigBuilder.With {

  public GrpoConfig {
    rewards = Collections.unmodifiableMap(new TreeMap<>(rewards));
    Check.notNegative("epochs", epochs);
    Check.notNegative("maxSteps", maxSteps);
    Check.positive("batch", batch);
    Check.notNegative("batchTokens", batchTokens);
    Check.positive("accumulation", accumulation);
    Check.notNegative("beta", beta);
    Parts.requireKnown(loss, advantage);
    Check.share("numericTolerance", numericTolerance);
    Check.positive("maxBadSteps", maxBadSteps);
    Check.that(
        epochs > 0 || maxSteps > 0,
        "epochs is 0 and maxSteps is 0, so that nothing would be trained; set one of them");
    Check.that(
        group > 1,
        "group is %d, but a completion is compared with the others of its group, so that every advantage would be 0; set group to 2 or more"
            .formatted(group));
    Check.that(
        rewards.isEmpty() || rewards.values().stream().anyMatch(w -> w != 0),
        "rewards has no weight other than 0, so that all completions would be equal; give one");
  }

  /**
   * Reads a configuration.
   *
   * @param settings {@code key=value}, which win over the file
   * @throws ai.medr1.core.InputException naming line and key of what is wrong
   */
  public static GrpoConfig read(Path file, List<String> settings) {
    GrpoConfig config = ConfigFile.read(of(Path.of(""), Path.of("")), file, settings);
    ConfigFile.require(file, "model", config.model(), "the checkpoint to start from");
    ConfigFile.require(file, "out", config.out(), "the directory of the run");
    return config;
  }

  /**
   * What the format reward pays for; never {@code AUTO}.
   *
   * @throws InputException if it is that of a prompt that asks for reasoning in tags, but for no
   *     answer in them
   */
  public Format answerFormat() {
    if (format != Format.AUTO) {
      return format;
    }
    String prompt = data.template().text();
    if (prompt.contains("<think>") && !prompt.contains("<answer>")) {
      throw new InputException(
          "format is auto, but data.prompt asks for <think> without <answer>, where no answer is found; ask for <answer>, too, or set format and rewards of your own");
    }
    return Format.of(new DataPrompt(data.prompt()).wording());
  }

  /** The form that the prompt asks for; {@code format} where it names no tags. */
  public Format askedFormat() {
    Format asked = Format.of(new DataPrompt(data.prompt()).wording());
    return asked == Format.NONE ? answerFormat() : asked;
  }

  /** Med-R1's recipe. */
  public static GrpoConfig of(Path model, Path out) {
    return new GrpoConfig(
        model,
        out,
        42,
        1,
        0,
        1,
        0,
        2,
        4,
        0.04,
        "grpo",
        "group",
        MethodConfig.defaults(),
        Format.AUTO,
        Map.of("accuracy", 1.0, "format", 1.0),
        ScoringConfig.defaults(),
        0,
        10,
        DataConfig.defaults(),
        HeldOutConfig.defaults(),
        SamplingConfig.defaults(),
        OptimizerConfig.grpo(),
        ModelOptions.defaults(),
        CheckpointConfig.defaults());
  }
}
