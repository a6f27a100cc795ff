package ai.medr1.grpo;

import ai.djl.Device;
import ai.medr1.core.InputException;
import ai.medr1.core.memory.Memory;
import ai.medr1.core.memory.MemoryPlan;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.eval.EnvironmentFile;
import ai.medr1.eval.EvalReport;
import ai.medr1.grpo.config.ConfigFile;
import ai.medr1.grpo.config.TrainingConfig;
import ai.medr1.grpo.metrics.CompletionSample;
import ai.medr1.grpo.metrics.HeldOutReport;
import ai.medr1.grpo.metrics.RunLog;
import ai.medr1.grpo.metrics.StepReport;
import ai.medr1.grpo.metrics.TrainingListener;
import ai.medr1.grpo.metrics.TrainingResult;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The directory of a run: configuration, log and checkpoints, and how far the run is. What GRPO and
 * supervised training have in common.
 */
final class TrainingRun implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingRun.class);

  private final TrainingConfig config;
  private final long totalSteps;
  private final TrainingCheckpoints checkpoints;
  private final Optional<Path> resumed;
  private final RunLog log;
  private final List<TrainingListener> listeners = new ArrayList<>();
  private Optional<Planned> planned = Optional.empty();
  private TrainerState state;
  private Map<String, Double> lastMetrics = Map.of();
  private int stepsHere;
  private long checkpointed;
  private Optional<EnvironmentFile> environment = Optional.empty();

  private record Planned(MemoryPlan memory, Device device) {}

  private TrainingRun(
      TrainingConfig config,
      long totalSteps,
      TrainerState.Course course,
      Optional<Path> resumed,
      List<TrainingListener> listeners) {
    this.config = config;
    this.totalSteps = totalSteps;
    this.checkpoints = new TrainingCheckpoints(config.out(), config.checkpoint().keep(), resumed);
    this.checkpoints.deleteLeftOver();
    this.resumed = resumed;
    this.state =
        resumed
            .map(checkpoint -> TrainingCheckpoints.state(checkpoint, course))
            .orElse(TrainerState.start(course));
    this.checkpointed = state.step();
    this.log = RunLog.open(config.out(), state.step(), state.heldOut().step());
    this.listeners.add(log);
    this.listeners.addAll(listeners);
    ConfigFile.write(written(), config.out().resolve("config.yaml"));
  }

  /**
   * Opens the directory of a run.
   *
   * @param config is written beside the run
   * @param totalSteps of the whole run
   * @param resume go on from the newest checkpoint, from the start where there is none yet;
   *     otherwise the directory must hold no steps yet
   * @throws InputException if the run cannot be what was asked for
   */
  static TrainingRun open(
      TrainingConfig config,
      long totalSteps,
      TrainerState.Course course,
      List<TrainingListener> listeners,
      boolean resume) {
    boolean begun =
        TrainingCheckpoints.newest(config.out()).isPresent() || RunLog.hasSteps(config.out());
    if (!resume && begun) {
      throw new InputException(
          config.out()
              + " already holds a run; resume it with --resume, or choose another directory");
    }
    return new TrainingRun(
        config, totalSteps, course, TrainingCheckpoints.newestWhole(config.out()), listeners);
  }

  /** Both kinds of configuration are records, which are written key by key. */
  private Record written() {
    return (Record) config;
  }

  /** Loads the policy, as it was when the checkpoint that the run goes on from was written. */
  QwenVl loadPolicy(LoadOptions options) {
    environment = Optional.of(EnvironmentFile.resume(config.out(), options.deviceName()));
    if (resumed.isEmpty()) {
      return QwenVl.load(config.model(), options);
    }
    Path checkpoint = resumed.get();
    QwenVl policy =
        options.lora().isPresent()
            ? QwenVl.load(config.model(), options.withAdapter(checkpoint))
            : QwenVl.load(checkpoint, options);
    try {
      TrainingCheckpoints.loadOptimizer(policy, checkpoint);
      return policy;
    } catch (RuntimeException e) {
      policy.close();
      throw e;
    }
  }

  TrainerState state() {
    return state;
  }

  /** All steps are made, or evaluations have not got better for as long as was to be waited. */
  boolean isDone() {
    int patience = config.heldOut().patience();
    return state.step() >= totalSteps || (patience > 0 && state.heldOut().since() >= patience);
  }

  /** The models are loaded, the first step comes next. */
  void plan(MemoryPlan memory, Device device) {
    planned = Optional.of(new Planned(memory, device));
    listeners.forEach(listener -> listener.onPlan(memory));
  }

  /** Tells what memory was needed; the optimizer's state is there from the second step on. */
  private void tellPeak() {
    planned.ifPresent(
        plan ->
            Memory.peak(plan.device())
                .ifPresent(
                    bytes -> listeners.forEach(listener -> listener.onPeak(plan.memory(), bytes))));
  }

  void dryRun(List<CompletionSample> samples) {
    listeners.forEach(listener -> listener.onDryRun(samples));
  }

  /**
   * A step is made.
   *
   * @param tokens that the step has seen
   * @param bad whether its update was left out because it was not finite
   */
  void made(StepReport report, long tokens, boolean bad) {
    state = state.next(tokens, bad);
    LOG.info("{}", report);
    lastMetrics = report.metrics();
    listeners.forEach(listener -> listener.onStep(report));
    environment.ifPresent(EnvironmentFile::tick);
    stepsHere++;
    if (stepsHere == 2 || isDone()) {
      tellPeak();
    }
    if (state.badInRow() >= config.maxBadSteps()) {
      throw new InputException(
          "logits, loss or gradient were not finite in %d steps in a row, up to step %d; %s"
              .formatted(state.badInRow(), state.step(), remedy()));
    }
  }

  /**
   * Evaluates on held-out items where it is time to, and no evaluation of this step is known. One
   * that is cancelled is made when the run is resumed.
   */
  void evaluate(HeldOutItems heldOut, QwenVl policy) {
    if (state.heldOut().step() == state.step() || !heldOut.isDue(state.step(), isDone())) {
      return;
    }
    EvalReport report = heldOut.evaluate(policy);
    Map<String, Double> values = HeldOutItems.values(report);
    Double value = values.get(config.heldOut().metric());
    if (report.cancelled()) {
      return;
    }
    if (value == null) {
      throw new InputException(
          "heldOut.metric is %s, but it applies to none of the held-out items; choose accuracy"
              .formatted(config.heldOut().metric()));
    }
    state = state.evaluated(value);
    boolean best = state.heldOut().bestStep() == state.step();
    HeldOutReport told = new HeldOutReport(state.step(), values, best, report);
    listeners.forEach(listener -> listener.onEvaluation(told));
    if (isDone() && state.step() < totalSteps) {
      LOG.info(
          "the run ends after step {}: {} was the best at step {}, and {} evaluations since were not better",
          state.step(),
          config.heldOut().metric(),
          state.heldOut().bestStep(),
          state.heldOut().since());
    }
  }

  /** Writes a checkpoint where it is time to. */
  void checkpoint(QwenVl policy) {
    long every = config.checkpoint().every();
    if (isDone()
        || (every > 0 && state.step() % every == 0)
        || state.heldOut().bestStep() == state.step()) {
      writeCheckpoint(policy);
    }
  }

  /** A model that is broken is not written: it would push out those that are not. */
  private void writeCheckpoint(QwenVl policy) {
    Optional<String> broken = Weights.notFinite(policy.learner());
    if (broken.isPresent()) {
      LOG.warn(
          "no checkpoint is written after step {}: {} is not finite; the last good one is {}",
          state.step(),
          broken.get(),
          checkpoints.newest().map(Path::toString).orElse("the model that the run began with"));
      return;
    }
    Path written = checkpoints.write(policy, state, config, lastMetrics);
    checkpointed = state.step();
    listeners.forEach(listener -> listener.onCheckpoint(state.step(), written));
  }

  /** Where no update was ever made, the learning rate is not to blame. */
  private String remedy() {
    if (state.badInRow() == state.step()) {
      return "no step was good, so %s itself or the data are to blame: the warnings before name where numbers were not finite first"
          .formatted(config.model());
    }
    return "lower the learning rate and go on from "
        + checkpoints.newest().map(Path::toString).orElse("the start");
  }

  /** All steps are made, or the run is cancelled: what was learned is written. */
  TrainingResult finish(QwenVl policy) {
    if (state.step() > checkpointed) {
      writeCheckpoint(policy);
    }
    TrainingResult result =
        new TrainingResult(
            checkpoints.newest().orElse(config.model()),
            state.step(),
            totalSteps,
            checkpoints.of(state.heldOut().bestStep()),
            !isDone());
    listeners.forEach(listener -> listener.onEnd(result));
    environment.ifPresent(EnvironmentFile::end);
    return result;
  }

  /** The run ends with an error; what listeners say to that does not hide it. */
  void fail(RuntimeException error) {
    for (TrainingListener listener : listeners) {
      try {
        listener.onFailure(error);
      } catch (RuntimeException e) {
        error.addSuppressed(e);
      }
    }
  }

  @Override
  public void close() {
    log.close();
  }
}
