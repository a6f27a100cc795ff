package ai.medr1.grpo;

import ai.medr1.core.DirectoryLock;
import ai.medr1.core.InputException;
import ai.medr1.core.RunningWork;
import ai.medr1.core.checkpoint.Checkpoint;
import ai.medr1.core.memory.MemoryPlan;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.core.text.Tokenizer;
import ai.medr1.data.VqaDataset;
import ai.medr1.data.VqaItem;
import ai.medr1.grpo.config.DataConfig;
import ai.medr1.grpo.config.HeldOutConfig;
import ai.medr1.grpo.config.TrainingConfig;
import ai.medr1.grpo.metrics.CompletionSample;
import ai.medr1.grpo.metrics.StepReport;
import ai.medr1.grpo.metrics.TrainingListener;
import ai.medr1.grpo.metrics.TrainingResult;
import ai.medr1.grpo.reward.RewardSet;
import ai.medr1.grpo.schedule.DataOrder;
import ai.medr1.grpo.schedule.LearningRate;
import ai.medr1.grpo.step.MicroBatches;
import ai.medr1.grpo.step.Question;
import ai.medr1.grpo.step.StepClock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.LongConsumer;
import java.util.function.ToIntBiFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every kind of training has around its steps: the order of the items, their prompts, the plan
 * of the memory, the model, its updates, and the directory of the run with its log. Trainers hold
 * one and add the step itself.
 */
final class Session implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Session.class);

  private final Resources owned = new Resources();
  private final Cancellation cancellation = new Cancellation();
  private final ReentrantLock training = new ReentrantLock();
  private boolean closed; // guarded by training
  private final TrainingConfig config;
  private final DataOrder order;
  private final long totalSteps;
  private final LearningRate rates;
  private final TrainingRun run;
  private final Questions questions;
  private final HeldOutItems heldOut;
  private final MemoryPlan memory;
  private final MicroBatches microBatches;
  private final QwenVl model;

  /**
   * What a kind of training does with a question: the memory follows from it.
   *
   * @param group completions per question
   * @param draws whether completions are drawn
   * @param reference whether there is a reference policy
   * @param completionTokens the most tokens that a completion of a question can have
   */
  record Demand(
      int group,
      boolean draws,
      boolean reference,
      ToIntBiFunction<Question, Tokenizer> completionTokens) {}

  /**
   * What a step came to.
   *
   * @param norm of its gradients; not finite where no update was made
   * @param asked questions that could be asked
   * @param seen tokens, prompts counted once per completion
   * @param worked tokens by which the speed is measured
   * @param metrics of this kind of training
   * @param samples completions to look at
   */
  record Step(
      double loss,
      double norm,
      int asked,
      long seen,
      long worked,
      Map<String, Double> metrics,
      List<CompletionSample> samples) {}

  private Session(
      TrainingConfig config,
      Demand demand,
      List<VqaItem> all,
      List<TrainingListener> listeners,
      boolean resume) {
    this.config = config;
    HeldOutConfig.Apart apart = config.heldOut().apart(all, config.data(), config.seed());
    List<VqaItem> items = apart.train();
    this.order =
        new DataOrder(items.size(), config.perStep(), config.data().shuffle(), config.seed());
    this.totalSteps = config.maxSteps() > 0 ? config.maxSteps() : order.steps(config.epochs());
    this.rates = config.optimizer().rates(totalSteps);
    try {
      owned.add(DirectoryLock.take(config.out()));
      this.run =
          owned.add(
              TrainingRun.open(
                  config, totalSteps, TrainerState.Course.of(order, items), listeners, resume));
      this.questions =
          owned.add(new Questions(items, order, totalSteps, config.model(), config.data()));
      this.heldOut = HeldOutItems.of(apart.heldOut(), config, questions.prompts());
      Planning planning = Planning.of(config, demand);
      this.memory =
          planning.plan(
              Checkpoint.open(config.model()).config(),
              options(),
              config.load().recompute(),
              questions);
      this.microBatches = planning.microBatches(memory);
      this.model = owned.add(run.loadPolicy(options().withRecompute(memory.recompute())));
    } catch (RuntimeException e) {
      owned.close();
      throw e;
    }
  }

  /**
   * Opens the directory of a run and loads its model.
   *
   * @param resume whether to go on from the newest checkpoint
   * @throws ai.medr1.core.InputException if another run works in the directory, the run cannot be
   *     what was asked for, or the model cannot be loaded
   */
  static Session open(
      TrainingConfig config,
      Demand demand,
      List<VqaItem> items,
      List<TrainingListener> listeners,
      boolean resume) {
    return new Session(config, demand, items, listeners, resume);
  }

  /**
   * The items that nothing is wrong with, before anything is loaded.
   *
   * @throws ai.medr1.core.InputException if there is none, or more are unsound than {@code
   *     data.badItems} allows
   */
  static List<VqaItem> sound(TrainingConfig config, List<VqaItem> items) {
    if (items.isEmpty()) {
      throw new InputException("there are no items to train on; give at least one");
    }
    String data = config.data().splits().toString();
    return config
        .data()
        .sound(new VqaDataset(data.isEmpty() ? "the program" : data, items))
        .items();
  }

  private LoadOptions options() {
    return config.load().training(config.seed());
  }

  /** The model that is trained. */
  QwenVl model() {
    return model;
  }

  Questions questions() {
    return questions;
  }

  MemoryPlan memory() {
    return memory;
  }

  MicroBatches microBatches() {
    return microBatches;
  }

  /** Closes something together with the session. */
  <T extends AutoCloseable> T own(T resource) {
    return owned.add(resource);
  }

  /**
   * Makes the steps that are left, or as many as there is time for until {@link #cancel}. A step
   * that heeds an interrupt by failing, as a reward that waits may, is given up.
   *
   * @param first is done before the first step of a new run
   * @param makeStep makes the step with a number, counted from 0
   */
  TrainingResult train(Runnable first, LongConsumer makeStep) {
    if (training.isHeldByCurrentThread() || !training.tryLock()) {
      throw new IllegalStateException(
          "train() is running already: a trainer makes one run at a time");
    }
    RunningWork atExit = RunningWork.begin(this::cancel);
    try (Cancellation asked = cancellation) {
      requireOpen();
      run.plan(memory, options().device());
      if (step() == 0 && !asked.isAsked()) {
        first.run();
      }
      if (!asked.isAsked()) {
        run.evaluate(heldOut, model);
      }
      while (!run.isDone() && !asked.isAsked()) {
        makeOrGiveUp(makeStep);
      }
      return run.finish(model);
    } catch (RuntimeException e) {
      run.fail(e);
      throw e;
    } finally {
      atExit.close();
      training.unlock();
    }
  }

  private void makeOrGiveUp(LongConsumer makeStep) {
    long number = step();
    try {
      makeStep.accept(number);
    } catch (RuntimeException e) {
      if (!cancellation.isBehind(e)) {
        throw e;
      }
      if (step() == number) {
        LOG.info("step {} is given up, since it was interrupted: {}", number + 1, e.toString());
      }
      model.learner().zeroGradients();
    }
  }

  /** Asks {@link #train} to end after the step that is going on; callable from any thread. */
  void cancel() {
    cancellation.ask();
  }

  void dryRun(List<CompletionSample> samples) {
    run.dryRun(samples);
  }

  /** The share of the run that is done. */
  double progress() {
    return (double) step() / totalSteps;
  }

  /** The number of the step that comes next, counted from 0. */
  long step() {
    return run.state().step();
  }

  /**
   * Moves the weights by the gradients that a step has added up; a loss that is not finite moves
   * nothing.
   *
   * @return the norm of the gradients; not finite where no update was made
   */
  double update(double loss, StepClock clock) {
    return clock.time("update_s", () -> update(loss));
  }

  private double update(double loss) {
    if (!Double.isFinite(loss)) {
      model.learner().zeroGradients();
      return Double.NaN;
    }
    return model.learner().step(config.optimizer().adamW(), rates.at(step()));
  }

  /** Ends a step: log, listeners, checkpoint. */
  void report(Step done, StepClock clock) {
    long seen = run.state().tokens() + done.seen();
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("epoch", order.epochsAfter(step() + 1));
    metrics.put("loss", done.loss());
    metrics.putAll(done.metrics());
    metrics.put("grad_norm", done.norm());
    metrics.put("learning_rate", rates.at(step()));
    metrics.put("num_tokens", (double) seen);
    if (config.data().badItems() == DataConfig.BadItems.SKIP) {
      metrics.put("skipped_items", (double) config.perStep() - done.asked());
    }
    metrics.put("tokens_per_s", done.worked() / clock.total());
    metrics.putAll(clock.phases());
    metrics.put("step_time", clock.total());
    run.made(
        new StepReport(step() + 1, totalSteps, metrics, done.samples()),
        seen,
        !Double.isFinite(done.norm()));
    run.evaluate(heldOut, model);
    run.checkpoint(model);
  }

  /**
   * Frees everything. Where a thread trains, it is asked to end, and its end is waited for.
   *
   * @throws IllegalStateException if this is called by a part of the run itself
   */
  @Override
  public void close() {
    if (training.isHeldByCurrentThread() || RewardSet.isScoring()) {
      throw new IllegalStateException(
          "close() was called within train(), by a listener, a reward or a loss; call cancel()"
              + " there, and close() when train() has returned");
    }
    cancel();
    training.lock();
    try {
      closed = true;
      owned.close();
    } finally {
      training.unlock();
    }
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("this trainer is closed; start or resume another");
    }
  }
}
