package ai.medr1.grpo;

import ai.djl.engine.EngineException;
import ai.medr1.core.InputException;
import ai.medr1.core.memory.MemoryPlan;
import ai.medr1.core.model.Continuation;
import ai.medr1.core.model.Continuations;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.PrefixCache;
import ai.medr1.core.model.QwenVl;
import ai.medr1.core.model.RandomStreams;
import ai.medr1.core.model.Sampling;
import ai.medr1.core.model.Scored;
import ai.medr1.core.text.Prompt;
import ai.medr1.data.VqaItem;
import ai.medr1.grpo.config.DataConfig;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.loss.Advantages;
import ai.medr1.grpo.loss.LossGradient;
import ai.medr1.grpo.loss.PolicyBatch;
import ai.medr1.grpo.loss.StepSize;
import ai.medr1.grpo.metrics.CompletionSample;
import ai.medr1.grpo.metrics.StepReport;
import ai.medr1.grpo.reward.RewardSet;
import ai.medr1.grpo.schedule.DataOrder;
import ai.medr1.grpo.schedule.LearningRate;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Trains a model with Group Relative Policy Optimization: draws a group of completions per
 * question, rewards them, and moves the policy towards those that did better than the others of
 * their group.
 *
 * <p>Source: DeepSeekMath (arXiv 2402.03300), algorithm 1 with one update per batch, as Med-R1
 * (arXiv 2503.13939) does. Deviation: the reference stays the starting checkpoint; there is no
 * outer loop that renews it.
 *
 * <p>A step is a function of the weights, its items, the seed and its number, whatever the size of
 * its micro-batches; so a resumed run goes on exactly as an uninterrupted one would have.
 *
 * <p>Letters in shapes: B prompts, G completions of each, L tokens of the longest completion.
 *
 * <p>The trainer owns the models that it loads until {@link #close}.
 */
public final class GrpoTrainer implements AutoCloseable {
  private static final int DRY_RUN_QUESTIONS = 2;

  private final Resources owned = new Resources();
  private final GrpoConfig config;
  private final Recipe recipe;
  private final RewardSet rewards;
  private final DataOrder order;
  private final long totalSteps;
  private final LearningRate rates;
  private final TrainingRun run;
  private final QwenVl policy;
  private final Optional<Reference> reference;
  private final Questions questions;
  private final Sampling sampling;
  private final MemoryPlan memory;
  private final MicroBatches microBatches;

  /** The policy that the trained one must stay near. */
  private interface Reference {
    float[][][] logProbs(List<Prompt> prompts, Continuations drawn, Sampling sampling);
  }

  private GrpoTrainer(GrpoConfig config, List<VqaItem> items, Recipe recipe, boolean resume) {
    this.config = config;
    this.recipe = recipe;
    this.rewards = recipe.weighted(config.rewards());
    rewards.requireApply(items);
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
      this.run = owned.add(TrainingRun.open(plan, recipe.listeners(), resume));
      this.questions =
          owned.add(new Questions(items, order, totalSteps, config.model(), config.data()));
      this.memory = planMemory();
      this.microBatches = planning().microBatches(memory);
      this.policy = owned.add(run.loadPolicy(options().withRecompute(memory.recompute())));
      this.reference = config.beta() == 0 ? Optional.empty() : Optional.of(reference(policy));
      this.sampling = config.sampling().toSampling(policy.stopTokens());
    } catch (RuntimeException e) {
      owned.close();
      throw e;
    }
  }

  /**
   * Starts a run with Med-R1's rewards and loss.
   *
   * @param items to train on, at least one
   */
  public static GrpoTrainer start(GrpoConfig config, List<VqaItem> items) {
    return start(config, items, Recipe.medR1(config));
  }

  /**
   * Starts a run.
   *
   * @throws InputException if the directory of the run holds one already, or the model cannot be
   *     loaded
   */
  public static GrpoTrainer start(GrpoConfig config, List<VqaItem> items, Recipe recipe) {
    return new GrpoTrainer(config, items, recipe, false);
  }

  /**
   * Goes on with a run from its newest checkpoint, or from the start where it has none yet.
   *
   * @throws InputException if the data or its order are not those of the run
   */
  public static GrpoTrainer resume(GrpoConfig config, List<VqaItem> items, Recipe recipe) {
    return new GrpoTrainer(config, items, recipe, true);
  }

  /**
   * Makes all steps that are left.
   *
   * @return the last checkpoint
   */
  public Path train() {
    run.plan(memory, options().device());
    if (run.state().step() == 0) {
      run.dryRun(dryRun());
    }
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
        config.batch(),
        config.batchTokens(),
        config.accumulation(),
        config.group(),
        true,
        config.beta() != 0);
  }

  private MemoryPlan planMemory() {
    return planning()
        .plan(
            config.model(),
            options(),
            config.load().recompute(),
            questions,
            question -> config.sampling().maxCompletionLength());
  }

  /** What completions of the first questions would earn. */
  private List<CompletionSample> dryRun() {
    List<Question> few = questions.first(DRY_RUN_QUESTIONS);
    return rollOut(few, 0, new StepClock()).stream()
        .flatMap(rollout -> RolloutMetrics.samples(rollout, rewards.names()).stream())
        .toList();
  }

  private void step(long step) {
    StepClock clock = new StepClock();
    List<Question> batch = clock.time("prepare_s", () -> questions.at(step));
    List<Rollout> rollouts = rollOut(batch, step, clock);
    StepSize size = size(rollouts);
    LossTotals totals =
        microBatches.run(
            rollouts, parts -> differentiate(parts, size, clock), policy::zeroGradients);
    double norm = clock.time("update_s", () -> update(totals, rollouts.isEmpty(), step));
    report(step, rollouts, totals, norm, clock);
  }

  /** Where adapters are trained, the starting model is still there: it needs no second copy. */
  private Reference reference(QwenVl trained) {
    if (trained.hasAdapters()) {
      return trained::baseLogProbs;
    }
    return owned.add(QwenVl.load(config.model(), config.load().inference()))::logProbs;
  }

  // ---- rollouts, rewards and advantages

  private List<Rollout> rollOut(List<Question> batch, long step, StepClock clock) {
    List<Prompt> prompts = batch.stream().map(Question::prompt).toList();
    if (prompts.isEmpty()) {
      return List.of();
    }
    long[] streams =
        batch.stream().mapToLong(q -> RandomStreams.key(config.seed(), step, q.place())).toArray();
    Continuations drawn = drawn(prompts, streams, clock);
    List<Rollout> rollouts = new ArrayList<>();
    for (int b = 0; b < batch.size(); b++) {
      rollouts.add(reward(batch.get(b), drawn.groups().get(b)));
    }
    return rollouts;
  }

  private Continuations drawn(List<Prompt> prompts, long[] streams, StepClock clock) {
    try {
      return config.load().drawsMerged()
          ? drawMerged(prompts, streams, clock)
          : draw(prompts, streams, clock);
    } catch (EngineException e) {
      if (MicroBatches.outOfMemory(e)) {
        String what = "%d groups of %d completions".formatted(prompts.size(), config.group());
        throw MicroBatches.tooLarge(what, e);
      }
      throw e;
    }
  }

  private Continuations draw(List<Prompt> prompts, long[] streams, StepClock clock) {
    try (PrefixCache prefix = clock.time("encode_s", () -> policy.encode(prompts))) {
      return clock.time("sample_s", () -> policy.sample(prefix, config.group(), sampling, streams));
    }
  }

  private Continuations drawMerged(List<Prompt> prompts, long[] streams, StepClock clock) {
    clock.run("sample_s", policy::merge);
    try {
      return draw(prompts, streams, clock);
    } finally {
      policy.unmerge();
    }
  }

  private Rollout reward(Question question, List<Continuation> completions) {
    List<String> texts =
        completions.stream().map(c -> questions.tokenizer().decode(c.ids(), true)).toList();
    double[][] scores = new double[completions.size()][];
    Arrays.setAll(
        scores,
        g -> rewards.scores(question.item(), texts.get(g), completions.get(g).ids().clone()));
    double[] totals = Arrays.stream(scores).mapToDouble(rewards::total).toArray();
    return new Rollout(question, completions, texts, scores, totals, Advantages.of(totals));
  }

  // ---- reference, loss and gradient

  private LossTotals differentiate(List<List<Rollout>> parts, StepSize size, StepClock clock) {
    LossTotals totals = new LossTotals();
    parts.forEach(part -> differentiate(part, size, totals, clock));
    return totals;
  }

  /** Scores some rollouts and adds the gradient of their loss. */
  private void differentiate(
      List<Rollout> part, StepSize size, LossTotals totals, StepClock clock) {
    List<Prompt> prompts = part.stream().map(Rollout::prompt).toList();
    Continuations drawn = new Continuations(part.stream().map(Rollout::completions).toList());
    // The reference comes first, while no activations wait for a backward pass.
    Optional<float[][][]> reference =
        this.reference.map(
            model -> clock.time("reference_s", () -> model.logProbs(prompts, drawn, sampling)));
    try (Scored scored = clock.time("score_s", () -> policy.scoreDrawn(prompts, drawn, sampling))) {
      LossGradient gradient =
          recipe
              .loss()
              .of(
                  new PolicyBatch(
                      scored.logps(),
                      scored.logps(), // one update per batch: the policy is the one that drew
                      reference,
                      part.stream().map(Rollout::advantages).toArray(float[][]::new),
                      size));
      totals.add(gradient);
      clock.run("update_s", () -> policy.backward(scored, gradient.dLogps()));
    }
  }

  private static StepSize size(List<Rollout> rollouts) {
    return new StepSize(
        rollouts.stream().mapToInt(r -> r.completions().size()).sum(),
        rollouts.stream().mapToLong(Rollout::tokens).sum());
  }

  // ---- update and report

  /** The norm of the gradients; not finite where no update was made. */
  private double update(LossTotals totals, boolean empty, long step) {
    if (empty) {
      return 0;
    }
    if (!Double.isFinite(totals.loss())) {
      policy.zeroGradients();
      return Double.NaN;
    }
    return policy.step(config.optimizer().adamW(), rates.at(step));
  }

  private void report(
      long step, List<Rollout> rollouts, LossTotals totals, double norm, StepClock clock) {
    StepSize size = size(rollouts);
    long prompts =
        rollouts.stream().mapToLong(r -> (long) config.group() * r.prompt().ids().length).sum();
    long seen = run.state().tokens() + prompts + size.tokens();
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("epoch", order.epochsAfter(step + 1));
    metrics.put("loss", totals.loss());
    if (!rollouts.isEmpty()) {
      metrics.putAll(RolloutMetrics.of(rollouts, rewards.names()));
      metrics.putAll(totals.tokenMeans(size.tokens()));
    }
    metrics.put("grad_norm", norm);
    metrics.put("learning_rate", rates.at(step));
    metrics.put("num_tokens", (double) seen);
    if (config.data().badItems() == DataConfig.BadItems.SKIP) {
      metrics.put("skipped_items", (double) config.perStep() - rollouts.size());
    }
    metrics.put("tokens_per_s", size.tokens() / clock.total());
    metrics.putAll(clock.phases());
    metrics.put("step_time", clock.total());
    List<CompletionSample> samples =
        rollouts.stream()
            .limit(1)
            .flatMap(r -> RolloutMetrics.samples(r, rewards.names()).stream())
            .toList();
    run.done(
        new StepReport(step + 1, totalSteps, metrics, samples),
        seen,
        !Double.isFinite(norm),
        policy);
  }

  @Override
  public void close() {
    owned.close();
  }
}
