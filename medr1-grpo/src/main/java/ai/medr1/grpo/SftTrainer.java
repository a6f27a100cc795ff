package ai.medr1.grpo;

import ai.medr1.core.memory.MemoryPlan;
import ai.medr1.core.text.Tokenizer;
import ai.medr1.data.VqaItem;
import ai.medr1.grpo.config.SftConfig;
import ai.medr1.grpo.metrics.TrainingListener;
import ai.medr1.grpo.metrics.TrainingResult;
import ai.medr1.grpo.step.Question;
import ai.medr1.grpo.step.SftExample;
import ai.medr1.grpo.step.SftStep;
import ai.medr1.grpo.step.StepClock;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

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
  private final Function<VqaItem, String> answers;
  private final boolean all;
  private final Session session;
  private final SftStep step;

  private SftTrainer(
      SftConfig config,
      List<VqaItem> items,
      Function<VqaItem, String> answers,
      List<TrainingListener> listeners,
      boolean resume) {
    this.answers = answers;
    this.all = config.learn() == SftConfig.Learned.ALL;
    Session.Demand demand =
        new Session.Demand(
            1, false, false, (question, tokenizer) -> example(question, tokenizer).longest());
    this.session = Session.open(config, demand, Session.sound(config, items), listeners, resume);
    this.step = new SftStep(session.model(), all, session.microBatches());
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
   * Makes all steps that are left, unless it is cancelled: by {@link #cancel}, by an interrupt of
   * this thread, or since the process is told to end. An interrupted thread stays interrupted. What
   * was cancelled goes on with another call, or with {@link #resume}.
   */
  public TrainingResult train() {
    return session.train(() -> {}, this::makeStep);
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

  private void makeStep(long number) {
    StepClock clock = new StepClock();
    List<SftExample> examples =
        clock.time("prepare_s", () -> session.questions().at(number)).stream()
            .map(question -> example(question, session.questions().tokenizer()))
            .toList();
    double loss = step.run(examples, clock);
    double norm = examples.isEmpty() ? 0 : session.update(loss, clock);
    long tokens = examples.stream().mapToLong(SftExample::tokens).sum();
    session.report(
        new Session.Step(loss, norm, examples.size(), tokens, tokens, Map.of(), List.of()), clock);
  }

  private SftExample example(Question question, Tokenizer tokenizer) {
    return SftExample.of(question.prompt(), answers.apply(question.item()), all, tokenizer);
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
