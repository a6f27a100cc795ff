package ai.medr1.grpo;

import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.image.PixelValues;
import ai.medr1.core.memory.Memory;
import ai.medr1.core.memory.MemoryPlan;
import ai.medr1.core.memory.Workload;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.grpo.config.ModelOptions;
import ai.medr1.grpo.config.TrainingConfig;
import ai.medr1.grpo.step.MicroBatches;
import ai.medr1.grpo.step.Question;
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
 * @param demand what is done with a question
 */
record Planning(int batch, int batchTokens, int accumulation, Session.Demand demand) {
  private static final Logger LOG = LoggerFactory.getLogger(Planning.class);
  private static final int SAMPLE = 16;

  static Planning of(TrainingConfig config, Session.Demand demand) {
    return new Planning(config.batch(), config.batchTokens(), config.accumulation(), demand);
  }

  /**
   * The plan; a warning is logged where it does not fit.
   *
   * @param options how the policy is loaded
   */
  MemoryPlan plan(
      ModelConfig config,
      LoadOptions options,
      ModelOptions.Recompute recompute,
      Questions questions) {
    Workload work = work(config, questions, questions.sample(SAMPLE));
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

  private Workload work(ModelConfig config, Questions questions, List<Question> sample) {
    int group = demand.group();
    int prompt = max(sample, question -> question.prompt().ids().length);
    int completion =
        max(sample, q -> demand.completionTokens().applyAsInt(q, questions.tokenizer()));
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
        demand.draws(),
        demand.reference(),
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
