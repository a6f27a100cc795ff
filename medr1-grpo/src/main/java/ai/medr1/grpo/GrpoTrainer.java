package ai.medr1.grpo;

import ai.medr1.core.InputException;
import ai.medr1.core.memory.MemoryPlan;
import ai.medr1.core.model.NotFiniteException;
import ai.medr1.core.model.QwenVl;
import ai.medr1.core.model.Sampling;
import ai.medr1.core.text.Tokenizer;
import ai.medr1.data.VqaItem;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.metrics.CompletionSample;
import ai.medr1.grpo.metrics.EqualRewards;
import ai.medr1.grpo.metrics.TrainingResult;
import ai.medr1.grpo.reward.RewardSet;
import ai.medr1.grpo.step.Drawn;
import ai.medr1.grpo.step.Generation;
import ai.medr1.grpo.step.GrpoStep;
import ai.medr1.grpo.step.LossTotals;
import ai.medr1.grpo.step.PolicyGradient;
import ai.medr1.grpo.step.Question;
import ai.medr1.grpo.step.Reference;
import ai.medr1.grpo.step.Rollout;
import ai.medr1.grpo.step.RolloutMetrics;
import ai.medr1.grpo.step.Rollouts;
import ai.medr1.grpo.step.StepClock;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a model with Group Relative Policy Optimization: draws a group of completions per
 * question, rewards them, and moves the policy towards those that did better than the others of
 * their group.
 *
 * <p>Source: DeepSeekMath (arXiv 2402.03300), algorithm 1; with one update per batch unless the
 * configuration says otherwise, as Med-R1 (arXiv 2503.13939) does. Deviation: the reference stays
 * the starting checkpoint; there is no outer loop that renews it.
 *
 * <p>A step is a function of the weights, its items, the seed and its number, whatever the size of
 * its micro-batches; so a resumed run goes on exactly as an uninterrupted one would have.
 *
 * <p>The trainer owns the models that it loads until {@link #close}.
 */
public final class GrpoTrainer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GrpoTrainer.class);
  private static final int DRY_RUN_QUESTIONS = 2;
  private static final int TRIED_ITEMS = 16;

  private final GrpoConfig config;
  private final List<String> rewardNames;
  private final Session session;
  private final GrpoStep step;

  private GrpoTrainer(GrpoConfig given, List<VqaItem> all, Recipe recipe, boolean resume) {
    RewardSet rewards = recipe.weighted(given.rewards()).with(given.scoring().scoring());
    List<VqaItem> items = Session.sound(given, all);
    rewards.requireApply(items);
    if (!resume) {
      requireEarned(given, rewards, items);
    }
    this.config = withWeights(given, rewards);
    this.rewardNames = rewards.names();
    this.session =
        Session.open(
            config,
            demand(config),
            items,
            recipe.withListener(new EqualRewards()).listeners(),
            resume);
    try {
      this.step = step(rewards, recipe);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /**
   * Starts a run with the rewards, the advantages and the loss that the configuration names.
   *
   * @param items to train on, at least one
   */
  public static GrpoTrainer start(GrpoConfig config, List<VqaItem> items) {
    return start(config, items, Recipe.of(config));
  }

  /**
   * Starts a run.
   *
   * @param items to train on, at least one; unsound ones are treated as {@code data.badItems} says
   * @throws InputException if items are unsound, the directory of the run holds one already, or the
   *     model cannot be loaded
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

  /** So that config.yaml tells what completions earn: a reward that was left out earns nothing. */
  private static GrpoConfig withWeights(GrpoConfig config, RewardSet rewards) {
    Map<String, Double> weights = new HashMap<>();
    GrpoConfig.of(config.model(), config.out())
        .rewards()
        .keySet()
        .forEach(n -> weights.put(n, 0.0));
    config.rewards().keySet().forEach(name -> weights.put(name, 0.0));
    weights.putAll(rewards.weightsByName());
    return config.withRewards(weights);
  }

  /** Tries the rewards on right answers from all over the data, before anything is written. */
  private static void requireEarned(GrpoConfig config, RewardSet rewards, List<VqaItem> items) {
    int count = Math.min(TRIED_ITEMS, items.size());
    List<VqaItem> few =
        IntStream.range(0, count)
            .mapToObj(i -> items.get((int) ((long) i * items.size() / count)))
            .toList();
    try (Tokenizer tokenizer = Tokenizer.load(config.model())) {
      rewards.requireEarned(few, config.askedFormat(), tokenizer::encode);
    }
  }

  private static Session.Demand demand(GrpoConfig config) {
    int longest = config.sampling().maxCompletionLength();
    return new Session.Demand(
        config.group(), true, config.beta() != 0, (question, tokenizer) -> longest);
  }

  private GrpoStep step(RewardSet rewards, Recipe recipe) {
    QwenVl policy = session.model();
    Sampling sampling = config.sampling().toSampling(policy.stopTokens());
    Rollouts rollouts =
        new Rollouts(
            policy,
            session.questions().tokenizer(),
            rewards,
            recipe.advantages(),
            sampling,
            config.group(),
            config.seed(),
            config.load().drawsMerged());
    return new GrpoStep(
        rollouts,
        new PolicyGradient(policy, reference(policy), recipe.loss(), sampling.distribution()),
        session.microBatches(),
        config.method().method(config.beta()));
  }

  /** Where adapters are trained, the starting model is still there: it needs no second copy. */
  private Optional<Reference> reference(QwenVl policy) {
    if (config.beta() == 0) {
      return Optional.empty();
    }
    return Optional.of(
        policy.hasAdapters()
            ? policy.scoring()::baseLogProbs
            : session.own(QwenVl.load(config.model(), config.load().inference())).scoring()
                ::logProbs);
  }

  /**
   * Makes all steps that are left, unless it is cancelled: by {@link #cancel}, by an interrupt of
   * this thread, or since the process is told to end. An interrupted thread stays interrupted. What
   * was cancelled goes on with another call, or with {@link #resume}.
   */
  public TrainingResult train() {
    return session.train(() -> session.dryRun(dryRun()), this::makeStep);
  }

  /**
   * Asks {@link #train} to end, from any thread: the step that is going on ends, its checkpoint is
   * written, and the result says so. An interrupt of the thread that trains does the same. Where
   * nothing trains, the next {@link #train} makes no step.
   */
  public void cancel() {
    session.cancel();
  }

  /** What the run was expected to need of memory when it began. */
  public MemoryPlan memoryPlan() {
    return session.memory();
  }

  /** What completions of the first questions would earn. */
  private List<CompletionSample> dryRun() {
    List<Question> few = session.questions().first(DRY_RUN_QUESTIONS);
    try {
      return step.rollouts().of(few, 0, new StepClock()).stream().flatMap(this::samples).toList();
    } catch (NotFiniteException e) {
      LOG.warn("nothing can be drawn before the first step: {}", e.getMessage());
      return List.of();
    }
  }

  private void makeStep(long number) {
    StepClock clock = new StepClock();
    List<Question> questions = clock.time("prepare_s", () -> session.questions().at(number));
    Generation generation =
        step.draw(questions, session.questions().others(number), number, session.progress(), clock);
    LossTotals totals = new LossTotals();
    double norms = 0;
    List<List<Rollout>> updates = generation.updates();
    for (List<Rollout> update : updates) {
      LossTotals one = step.differentiate(generation, update, clock);
      norms += session.update(one.loss(), clock);
      totals.add(one);
    }
    int made = Math.max(1, updates.size());
    List<Question> asked = generation.drawn().stream().map(Drawn::question).toList();
    long drawn = generation.drawn().stream().mapToLong(Drawn::tokens).sum();
    session.report(
        new Session.Step(
            generation.failed() ? Double.NaN : totals.loss() / made,
            generation.failed() ? Double.NaN : norms / made,
            questions.size(),
            drawn + config.group() * promptTokens(asked),
            drawn,
            step.metrics(generation, totals),
            generation.sample().stream().flatMap(this::samples).toList()),
        clock);
  }

  private static long promptTokens(List<Question> questions) {
    return questions.stream().mapToLong(question -> question.prompt().ids().length).sum();
  }

  private Stream<CompletionSample> samples(Rollout rollout) {
    return RolloutMetrics.samples(rollout, rewardNames).stream();
  }

  /**
   * Frees the models. Where another thread trains, it is cancelled and waited for.
   *
   * @throws IllegalStateException if a listener, a reward or a loss of the run calls it
   */
  @Override
  public void close() {
    session.close();
  }
}
