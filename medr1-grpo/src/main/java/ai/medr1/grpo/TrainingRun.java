package ai.medr1.grpo;

import ai.djl.Device;
import ai.medr1.core.DirectoryLock;
import ai.medr1.core.InputException;
import ai.medr1.core.memory.Memory;
import ai.medr1.core.memory.MemoryPlan;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.eval.EnvironmentFile;
import ai.medr1.grpo.config.CheckpointConfig;
import ai.medr1.grpo.config.ConfigFile;
import ai.medr1.grpo.metrics.CompletionSample;
import ai.medr1.grpo.metrics.RunLog;
import ai.medr1.grpo.metrics.StepReport;
import ai.medr1.grpo.metrics.TrainingListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The directory of a run: configuration, log and checkpoints, and how far the run is. What GRPO and
 * supervised training have in common.
 */
final class TrainingRun implements AutoCloseable {
  private final Plan plan;
  private final DirectoryLock lock;
  private final TrainingCheckpoints checkpoints;
  private final Optional<Path> resumed;
  private final RunLog log;
  private final List<TrainingListener> listeners = new ArrayList<>();
  private Optional<Planned> planned = Optional.empty();
  private TrainerState state;
  private int stepsHere;
  private Optional<EnvironmentFile> environment = Optional.empty();

  private record Planned(MemoryPlan memory, Device device) {}

  /**
   * What the run is to do.
   *
   * @param config is written beside the run
   * @param out its directory
   * @param model checkpoint that a new run starts from
   * @param maxBadSteps steps in a row without finite loss and gradient that end it
   */
  record Plan(
      Record config,
      Path out,
      Path model,
      CheckpointConfig checkpoint,
      int maxBadSteps,
      long totalSteps,
      TrainerState.Course course) {}

  private TrainingRun(
      Plan plan, DirectoryLock lock, Optional<Path> resumed, List<TrainingListener> listeners) {
    this.plan = plan;
    this.lock = lock;
    this.checkpoints = new TrainingCheckpoints(plan.out(), plan.checkpoint().keep(), resumed);
    this.resumed = resumed;
    this.state =
        resumed
            .map(checkpoint -> TrainingCheckpoints.state(checkpoint, plan.course()))
            .orElse(TrainerState.start(plan.course()));
    this.log = RunLog.open(plan.out(), state.step());
    this.listeners.add(log);
    this.listeners.addAll(listeners);
    ConfigFile.write(plan.config(), plan.out().resolve("config.yaml"));
  }

  /**
   * Opens the directory of a run.
   *
   * @param resume go on from the newest checkpoint, from the start where there is none yet;
   *     otherwise the directory must hold no steps yet
   * @throws InputException if another run works in the directory, or the run cannot be what was
   *     asked for
   */
  static TrainingRun open(Plan plan, List<TrainingListener> listeners, boolean resume) {
    DirectoryLock lock = DirectoryLock.take(plan.out());
    try {
      return open(plan, lock, listeners, resume);
    } catch (RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  private static TrainingRun open(
      Plan plan, DirectoryLock lock, List<TrainingListener> listeners, boolean resume) {
    Optional<Path> newest = TrainingCheckpoints.newest(plan.out());
    if (!resume && (newest.isPresent() || RunLog.hasSteps(plan.out()))) {
      throw new InputException(
          plan.out()
              + " already holds a run; resume it with --resume, or choose another directory");
    }
    return new TrainingRun(plan, lock, newest, listeners);
  }

  /** Loads the policy, as it was when the checkpoint that the run goes on from was written. */
  QwenVl loadPolicy(LoadOptions options) {
    environment = Optional.of(EnvironmentFile.resume(plan.out(), options.deviceName()));
    if (resumed.isEmpty()) {
      return QwenVl.load(plan.model(), options);
    }
    Path checkpoint = resumed.get();
    QwenVl policy =
        options.lora().isPresent()
            ? QwenVl.load(plan.model(), options.withAdapter(checkpoint))
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

  boolean isDone() {
    return state.step() >= plan.totalSteps();
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
   * Ends a step.
   *
   * @param tokens that the step has seen
   * @param bad whether its update was left out because it was not finite
   */
  void done(StepReport report, long tokens, boolean bad, QwenVl policy) {
    state = state.next(tokens, bad);
    listeners.forEach(listener -> listener.onStep(report));
    environment.ifPresent(EnvironmentFile::tick);
    stepsHere++;
    if (stepsHere == 2 || isDone()) {
      tellPeak();
    }
    if (state.badInRow() >= plan.maxBadSteps()) {
      throw new InputException(
          "loss or gradient was not finite in %d steps in a row, up to step %d; lower the learning rate and go on from %s"
              .formatted(
                  state.badInRow(),
                  state.step(),
                  checkpoints.newest().map(Path::toString).orElse("the start")));
    }
    if (isDone()
        || (plan.checkpoint().every() > 0 && state.step() % plan.checkpoint().every() == 0)) {
      Path written = checkpoints.write(policy, state, plan.config());
      listeners.forEach(listener -> listener.onCheckpoint(state.step(), written));
    }
  }

  /** The last checkpoint. */
  Path finish() {
    listeners.forEach(TrainingListener::onEnd);
    environment.ifPresent(EnvironmentFile::end);
    return checkpoints.newest().orElse(plan.model());
  }

  @Override
  public void close() {
    log.close();
    lock.close();
  }
}
