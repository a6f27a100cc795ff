package ai.medr1.grpo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.RunningWork;
import ai.medr1.data.VqaItem;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.config.SftConfig;
import ai.medr1.grpo.metrics.StepReport;
import ai.medr1.grpo.metrics.TrainingListener;
import ai.medr1.grpo.metrics.TrainingResult;
import ai.medr1.grpo.reward.Reward;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every way to end a training early: the step ends, what was learned is kept, the result says so.
 */
@Timeout(120)
class CancellationTest {
  private static final int STEPS = 5;

  @TempDir Path dir;
  private List<VqaItem> items = List.of();
  private final ExecutorService other = Executors.newSingleThreadExecutor();

  @BeforeEach
  void draw() throws IOException {
    items = Tiny.items(dir, 6);
  }

  @AfterEach
  void end() {
    other.shutdownNow();
    Thread.interrupted();
  }

  /** Does something when the second step has been made, and remembers how the run ended. */
  private static final class AtSecond implements TrainingListener {
    private final Consumer<Thread> action;
    final List<TrainingResult> ends = new ArrayList<>();

    AtSecond(Consumer<Thread> action) {
      this.action = action;
    }

    @Override
    public void onStep(StepReport report) {
      if (report.step() == 2) {
        action.accept(Thread.currentThread());
      }
    }

    @Override
    public void onEnd(TrainingResult result) {
      ends.add(result);
    }
  }

  private GrpoConfig config(String name, String... settings) {
    return Tiny.grpo(Tiny.model(), dir.resolve(name), settings).withMaxSteps(STEPS);
  }

  private GrpoTrainer trainer(GrpoConfig config, TrainingListener listener) {
    return GrpoTrainer.start(config, items, Recipe.of(config).withListener(listener));
  }

  private static void requireTwoSteps(TrainingResult result, Path run) {
    assertThat(result).isEqualTo(new TrainingResult(run.resolve("checkpoint-2"), 2, STEPS, true));
  }

  @Test
  void anInterruptEndsTheRunWithACheckpointFromWhichItGoesOn() {
    GrpoConfig config = config("cut");
    AtSecond interrupt = new AtSecond(Thread::interrupt);
    try (GrpoTrainer trainer = trainer(config, interrupt)) {
      requireTwoSteps(trainer.train(), config.out());
      assertThat(Thread.interrupted()).as("the thread stays interrupted").isTrue();
    }
    assertThat(interrupt.ends).hasSize(1);
    GrpoConfig whole = config("whole");
    Path expected;
    try (GrpoTrainer trainer = trainer(whole, new AtSecond(thread -> {}))) {
      expected = trainer.train().checkpoint();
    }
    try (GrpoTrainer trainer = GrpoTrainer.resume(config, items, Recipe.of(config))) {
      TrainingResult rest = trainer.train();
      assertThat(rest.cancelled()).isFalse();
      assertThat(rest.checkpoint().resolve("model.safetensors"))
          .hasSameBinaryContentAs(expected.resolve("model.safetensors"));
    }
  }

  @Test
  void cancelledFromAListenerAndGoneOnWith() {
    GrpoConfig config = config("run");
    List<GrpoTrainer> self = new ArrayList<>();
    AtSecond cancel = new AtSecond(thread -> self.get(0).cancel());
    try (GrpoTrainer trainer = trainer(config, cancel)) {
      self.add(trainer);
      requireTwoSteps(trainer.train(), config.out());
      assertThat(Thread.currentThread().isInterrupted()).isFalse();
      assertThat(trainer.train().steps()).isEqualTo(STEPS);
    }
  }

  @Test
  void cancelledBeforeItBeginsMakesNoStep() {
    GrpoConfig config = config("run");
    try (GrpoTrainer trainer = trainer(config, new AtSecond(thread -> {}))) {
      trainer.cancel();
      assertThat(trainer.train()).isEqualTo(new TrainingResult(config.model(), 0, STEPS, true));
    }
  }

  @Test
  void aFutureIsCancelled() throws Exception {
    SftConfig config = Tiny.sft(Tiny.model(), dir.resolve("run"), "batch=1").withMaxSteps(STEPS);
    CountDownLatch second = new CountDownLatch(1);
    CountDownLatch cancelled = new CountDownLatch(1);
    AtSecond wait =
        new AtSecond(
            thread -> {
              second.countDown();
              while (cancelled.getCount() > 0) {
                Thread.onSpinWait(); // an interrupt does not end it, as it does not end a kernel
              }
            });
    try (SftTrainer trainer = SftTrainer.start(config, items, VqaItem::solution, wait)) {
      Future<TrainingResult> future = other.submit(trainer::train);
      second.await();
      future.cancel(true);
      cancelled.countDown();
    } // closes while the other thread trains
    requireTwoSteps(wait.ends.get(0), config.out());
  }

  @Test
  void closeFromAnotherThreadWaitsForTheStep() throws Exception {
    GrpoConfig config = config("run");
    CountDownLatch second = new CountDownLatch(1);
    GrpoTrainer trainer = trainer(config, new AtSecond(thread -> second.countDown()));
    Future<TrainingResult> future = other.submit(trainer::train);
    second.await();
    trainer.close();
    TrainingResult result = future.get(10, TimeUnit.SECONDS);
    assertThat(result.cancelled()).isTrue();
    assertThat(result.checkpoint()).isDirectory();
    assertThatThrownBy(trainer::train)
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("closed");
    trainer.close();
  }

  @Test
  void closeWithinTheRunIsRefused() {
    List<GrpoTrainer> self = new ArrayList<>();
    try (GrpoTrainer trainer = trainer(config("run"), new AtSecond(t -> self.get(0).close()))) {
      self.add(trainer);
      assertThatThrownBy(trainer::train)
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContaining("call cancel() there");
    }
  }

  /** A reward that asks a service, say, heeds an interrupt by failing. */
  @Test
  void aStepWhoseRewardIsInterruptedIsGivenUp() throws Exception {
    GrpoConfig config = config("run", "beta=0");
    int perStep = config.perStep() * config.group();
    CountDownLatch asking =
        new CountDownLatch(
            items.size() + perStep + perStep + 1); // right answers, the dry run, a step
    Reward waits =
        new Reward() {
          @Override
          public String name() {
            return "waits";
          }

          @Override
          public double score(VqaItem item, String completion, int[] tokenIds) {
            asking.countDown();
            try {
              if (asking.getCount() == 0) {
                Thread.sleep(TimeUnit.MINUTES.toMillis(5));
              }
              return 1;
            } catch (InterruptedException e) {
              throw new IllegalStateException("no answer", e);
            }
          }
        };
    try (GrpoTrainer trainer =
        GrpoTrainer.start(config, items, Recipe.of(config).withReward(waits))) {
      Future<TrainingResult> future = other.submit(trainer::train);
      asking.await();
      other.shutdownNow(); // interrupts
      assertThat(future.get())
          .isEqualTo(new TrainingResult(config.out().resolve("checkpoint-1"), 1, STEPS, true));
      assertThat(Tiny.rows(config.out().resolve("metrics.jsonl"))).hasSize(1);
    }
  }

  @Test
  void theEndOfTheProcessEndsARun() throws Exception {
    GrpoConfig config = config("run");
    CountDownLatch second = new CountDownLatch(1);
    try (GrpoTrainer trainer = trainer(config, new AtSecond(thread -> second.countDown()))) {
      Future<TrainingResult> future = other.submit(trainer::train);
      second.await();
      RunningWork.endAll(Duration.ofSeconds(60)); // what the shutdown hook calls
      assertThat(future.get(5, TimeUnit.SECONDS).cancelled()).isTrue();
    }
  }
}
