package ai.medr1.grpo;

import ai.medr1.core.memory.MemoryPlan;
import ai.medr1.core.model.Continuation;
import ai.medr1.core.model.Continuations;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.core.model.Sampling;
import ai.medr1.core.model.Scored;
import ai.medr1.core.text.Prompt;
import ai.medr1.core.text.Tokenizer;
import ai.medr1.data.VqaItem;
import ai.medr1.grpo.config.DataConfig;
import ai.medr1.grpo.config.SftConfig;
import ai.medr1.grpo.metrics.StepReport;
import ai.medr1.grpo.metrics.TrainingListener;
import ai.medr1.grpo.schedule.DataOrder;
import ai.medr1.grpo.schedule.LearningRate;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * Trains a model on given answers: the mean cross-entropy of all answer tokens of a step, their end
 * token included. Med-R1's baseline, and the warm start of a model that does not know the format.
 *
 * <p>An answer is a group of one completion, so the model's calls are those of GRPO. With {@link
 * SftConfig.Learned#ALL} the text of the prompt is learned as well.
 *
 * <p>The trainer owns the model that it loads until {@link #close}.
 */
public final class SftTrainer implements AutoCloseable {
  /** Log-probabilities as they are: no temperature, no banned tokens. */
  private static final Sampling PLAIN = new Sampling(false, 1, 0, 1, 1, 1, Set.of(), false);

  private final Resources owned = new Resources();
  private final SftConfig config;
  private final Function<VqaItem, String> answers;
  private final DataOrder order;
  private final long totalSteps;
  private final LearningRate rates;
  private final TrainingRun run;
  private final QwenVl model;
  private final Questions questions;
  private final MemoryPlan memory;
  private final MicroBatches microBatches;

  /**
   * @param labels [tokens of prompt and answer] which are learned
   */
  private record Example(Prompt prompt, Continuation answer, boolean[] labels)
      implements MicroBatches.Sequences {

    long learned() {
      return IntStream.range(0, labels.length).filter(i -> labels[i]).count();
    }

    Prompt sequence() {
      return new Prompt(concat(prompt.ids(), answer.ids()), prompt.images(), prompt.text());
    }

    @Override
    public int promptLength() {
      return prompt.ids().length;
    }

    @Override
    public int count() {
      return 1;
    }

    @Override
    public int longest() {
      return answer.ids().length;
    }
  }

  private SftTrainer(
      SftConfig config,
      List<VqaItem> items,
      Function<VqaItem, String> answers,
      List<TrainingListener> listeners,
      boolean resume) {
    this.config = config;
    this.answers = answers;
    this.order =
        new DataOrder(items.size(), config.perStep(), config.data().shuffle(), config.seed());
    this.totalSteps = config.maxSteps() > 0 ? config.maxSteps() : order.steps(config.epochs());
    this.rates = config.optimizer().rates(totalSteps);
    try {
      TrainingRun.Plan plan =
          new TrainingRun.Plan(
              config,
              config.out(),
              config.model(),
              config.checkpoint(),
              config.maxBadSteps(),
              totalSteps,
              TrainerState.Course.of(order, items));
      this.run = owned.add(TrainingRun.open(plan, listeners, resume));
      this.questions =
          owned.add(new Questions(items, order, totalSteps, config.model(), config.data()));
      this.memory = planMemory();
      this.microBatches = planning().microBatches(memory);
      this.model = owned.add(run.loadPolicy(options().withRecompute(memory.recompute())));
    } catch (RuntimeException e) {
      owned.close();
      throw e;
    }
  }

  /**
   * Starts a run.
   *
   * @param answers the text that is learned for an item
   * @throws ai.medr1.core.InputException if the directory of the run holds one already, or the
   *     model cannot be loaded
   */
  public static SftTrainer start(
      SftConfig config,
      List<VqaItem> items,
      Function<VqaItem, String> answers,
      TrainingListener... listeners) {
    return new SftTrainer(config, items, answers, List.of(listeners), false);
  }

  /**
   * Goes on with a run from its newest checkpoint, or from the start where it has none yet.
   *
   * @throws ai.medr1.core.InputException if the data or its order are not those of the run
   */
  public static SftTrainer resume(
      SftConfig config,
      List<VqaItem> items,
      Function<VqaItem, String> answers,
      TrainingListener... listeners) {
    return new SftTrainer(config, items, answers, List.of(listeners), true);
  }

  /**
   * Makes all steps that are left.
   *
   * @return the last checkpoint
   */
  public Path train() {
    run.plan(memory, options().device());
    while (!run.isDone()) {
      step(run.state().step());
    }
    return run.finish();
  }

  /** What the run was expected to need of memory when it began. */
  public MemoryPlan memoryPlan() {
    return memory;
  }

  private LoadOptions options() {
    return config.load().training(config.seed());
  }

  private Planning planning() {
    return new Planning(
        config.batch(), config.batchTokens(), config.accumulation(), 1, false, false);
  }

  private MemoryPlan planMemory() {
    return planning()
        .plan(
            config.model(),
            options(),
            config.load().recompute(),
            questions,
            question -> example(question).longest());
  }

  private void step(long step) {
    StepClock clock = new StepClock();
    List<Example> examples =
        clock.time("prepare_s", () -> questions.at(step)).stream().map(this::example).toList();
    long tokens = examples.stream().mapToLong(Example::learned).sum();
    double loss =
        microBatches.run(
            examples,
            parts -> parts.stream().mapToDouble(part -> differentiate(part, tokens, clock)).sum(),
            model::zeroGradients);
    double norm = clock.time("update_s", () -> update(loss, examples.isEmpty(), step));
    report(step, examples, loss, norm, clock);
  }

  private Example example(Question question) {
    Tokenizer tokenizer = questions.tokenizer();
    int[] text = tokenizer.encode(answers.apply(question.item()));
    int[] ids = concat(text, new int[] {tokenizer.id("<|im_end|>")});
    Prompt prompt = question.prompt();
    if (config.learn() == SftConfig.Learned.ALL) {
      ids = concat(ids, tokenizer.encode("\n"));
    }
    int first = config.learn() == SftConfig.Learned.ALL ? 1 : prompt.ids().length;
    boolean[] labels = labels(concat(prompt.ids(), ids), first, tokenizer.id("<|image_pad|>"));
    return new Example(prompt, new Continuation(ids, new float[ids.length], true), labels);
  }

  private static boolean[] labels(int[] sequence, int first, int imagePad) {
    boolean[] labels = new boolean[sequence.length];
    for (int i = first; i < sequence.length; i++) {
      labels[i] = sequence[i] != imagePad;
    }
    return labels;
  }

  private static int[] concat(int[] a, int[] b) {
    int[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  /** Adds the gradient of some examples; gives their share of the loss. */
  private double differentiate(List<Example> part, long tokens, StepClock clock) {
    try (Scored scored = clock.time("score_s", () -> score(part))) {
      clock.run("update_s", () -> model.backward(scored, everywhere(-1f / tokens, scored.logps())));
      double sum = Arrays.stream(scored.logps()).mapToDouble(sequence -> sum(sequence[0])).sum();
      return -sum / tokens;
    }
  }

  /** One value at every learned token, [B][1][tokens]. */
  private static float[][][] everywhere(float value, float[][][] logps) {
    float[][][] values = new float[logps.length][1][];
    for (int b = 0; b < logps.length; b++) {
      values[b][0] = new float[logps[b][0].length];
      Arrays.fill(values[b][0], value);
    }
    return values;
  }

  private static double sum(float[] values) {
    double sum = 0;
    for (float value : values) {
      sum += value;
    }
    return sum;
  }

  private Scored score(List<Example> part) {
    if (config.learn() == SftConfig.Learned.ALL) {
      return model.scoreSequences(
          part.stream().map(Example::sequence).toList(),
          part.stream().map(Example::labels).toList());
    }
    List<Prompt> prompts = part.stream().map(Example::prompt).toList();
    Continuations learned = new Continuations(part.stream().map(e -> List.of(e.answer())).toList());
    return model.score(prompts, learned, PLAIN);
  }

  /** The norm of the gradients; not finite where no update was made. */
  private double update(double loss, boolean empty, long step) {
    if (empty) {
      return 0;
    }
    if (!Double.isFinite(loss)) {
      model.zeroGradients();
      return Double.NaN;
    }
    return model.step(config.optimizer().adamW(), rates.at(step));
  }

  private void report(
      long step, List<Example> examples, double loss, double norm, StepClock clock) {
    long tokens =
        examples.stream().mapToLong(e -> e.prompt().ids().length + e.answer().ids().length).sum();
    long seen = run.state().tokens() + tokens;
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("epoch", order.epochsAfter(step + 1));
    metrics.put("loss", loss);
    metrics.put("grad_norm", norm);
    metrics.put("learning_rate", rates.at(step));
    metrics.put("num_tokens", (double) seen);
    if (config.data().badItems() == DataConfig.BadItems.SKIP) {
      metrics.put("skipped_items", (double) config.perStep() - examples.size());
    }
    metrics.put("tokens_per_s", tokens / clock.total());
    metrics.putAll(clock.phases());
    metrics.put("step_time", clock.total());
    StepReport report = new StepReport(step + 1, totalSteps, metrics, List.of());
    run.done(report, seen, !Double.isFinite(norm), model);
  }

  @Override
  public void close() {
    owned.close();
  }
}
