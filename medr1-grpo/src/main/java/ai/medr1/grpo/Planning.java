package ai.medr1.grpo;

import ai.medr1.core.checkpoint.Checkpoint;
import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.image.PixelValues;
import ai.medr1.core.memory.Memory;
import ai.medr1.core.memory.MemoryPlan;
import ai.medr1.core.memory.Workload;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.grpo.config.ModelOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.function.ToIntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Plans the memory of a run before its models are loaded. The longest prompt is looked for among a
 * few from all over the data.
 *
 * @param batch prompts of a micro-batch at most
 * @param batchTokens tokens of a micro-batch at most; 0: the plan decides
 * @param accumulation micro-batches of a step
 * @param group completions per prompt
 * @param draws whether completions are drawn
 * @param reference whether there is a reference policy
 */
record Planning(
    int batch, int batchTokens, int accumulation, int group, boolean draws, boolean reference) {
  private static final Logger LOG = LoggerFactory.getLogger(Planning.class);
  private static final int SAMPLE = 16;

  /**
   * The plan; a warning is logged where it does not fit.
   *
   * @param options how the policy is loaded
   * @param completionTokens the most that a question's completions can have
   */
  MemoryPlan plan(
      Path model,
      LoadOptions options,
      ModelOptions.Recompute recompute,
      Questions questions,
      ToIntFunction<Question> completionTokens) {
    ModelConfig config = Checkpoint.open(model).config();
    Workload work = work(config, questions, questions.sample(SAMPLE), completionTokens);
    MemoryPlan plan =
        MemoryPlan.of(
            config,
            options,
            work,
            Memory.available(options.device()),
            recompute.wanted(),
            batchTokens == 0);
    if (!plan.fits()) {
      LOG.warn(plan.warning());
    }
    return plan;
  }

  private Workload work(
      ModelConfig config,
      Questions questions,
      List<Question> sample,
      ToIntFunction<Question> completionTokens) {
    int prompt = max(sample, question -> question.prompt().ids().length);
    int completion = max(sample, completionTokens);
    int merge = config.vision().spatialMergeSize();
    int image = max(sample, question -> patches(question)) / (merge * merge);
    int prompts = batch;
    if (batchTokens > 0) {
      prompts = Math.max(1, Math.min(batch, batchTokens / (prompt + group * completion)));
    }
    int parts = (batch * accumulation + prompts - 1) / prompts;
    long bytes = (long) image * merge * merge * config.vision().patchValues() * Float.BYTES;
    return new Workload(
        prompts,
        parts,
        group,
        prompt,
        image,
        completion,
        draws,
        reference,
        questions.held(Math.max(1, bytes)));
  }

  private static int max(List<Question> sample, ToIntFunction<Question> size) {
    return sample.stream().mapToInt(size).max().orElse(1);
  }

  private static int patches(Question question) {
    return question.prompt().images().stream()
        .map(PixelValues::grid)
        .mapToInt(grid -> grid.patches())
        .sum();
  }

  /** How steps are cut: by what fits, where that is less than what is asked for. */
  MicroBatches microBatches(MemoryPlan plan) {
    boolean fewer = plan.work().prompts() < batch;
    return new MicroBatches(
        batch, batchTokens > 0 ? batchTokens : fewer ? plan.work().tokens() : 0);
  }
}
