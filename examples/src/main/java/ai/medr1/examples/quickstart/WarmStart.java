package ai.medr1.examples.quickstart;

import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.RandomCheckpoint;
import ai.medr1.core.checkpoint.Shape;
import ai.medr1.core.config.Family;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.data.Part;
import ai.medr1.data.VqaItem;
import ai.medr1.data.phantom.PhantomConfig;
import ai.medr1.data.phantom.Phantoms;
import ai.medr1.grpo.SftTrainer;
import ai.medr1.grpo.config.SftConfig;
import ai.medr1.grpo.metrics.ProgressBar;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * The model that the quickstart begins with: a small Qwen2-VL that answers in the format and has
 * begun to bind pictures to letters. Binding takes a small model more examples than a quickstart
 * has time for, so the library carries the weights; {@code scripts/make-warm-start} made them, and
 * the log of it lies beside them.
 */
public final class WarmStart {
  private static final String WEIGHTS = "warm-start.safetensors";
  private static final long SEED = 20261124;
  private static final int TRAIN_PER_CELL = 500;
  private static final double CARELESS = 0.6;
  private final PrintStream terminal;
  private final boolean interactive;

  WarmStart(PrintStream terminal, boolean interactive) {
    this.terminal = terminal;
    this.interactive = interactive;
  }

  /**
   * Writes the model that the library carries: bfloat16 weights in the Hugging Face layout.
   *
   * @param model directory, new or empty
   */
  public static void unpack(Path model) throws IOException {
    initial().write(model);
    try (InputStream weights = WarmStart.class.getResourceAsStream(WEIGHTS)) {
      if (weights == null) {
        throw new IllegalStateException("the library's resource " + WEIGHTS + " is missing");
      }
      Files.copy(weights, model.resolve("model.safetensors"), StandardCopyOption.REPLACE_EXISTING);
    }
  }

  /**
   * Makes the model: random weights, then supervised training on phantoms of its own.
   *
   * @param work directory of the phantoms and of the run
   */
  void make(Path model, Path work) throws IOException {
    Path phantoms = work.resolve("phantoms");
    Path start = work.resolve("initial");
    initial().write(start);
    Phantoms.generate(
        PhantomConfig.of(SEED, TRAIN_PER_CELL, 0).withImageSize(Quickstart.IMAGE_SIZE), phantoms);
    List<VqaItem> items = QuickstartData.items(phantoms, Part.TRAIN);
    SftConfig common =
        SftConfig.of(start, work)
            .with(
                c ->
                    c.seed(SEED)
                        .batch(16)
                        .accumulation(1)
                        .data(Quickstart.data(c.data(), phantoms))
                        .optimizer(c.optimizer().withWarmupRatio(0.03))
                        .checkpoint(c.checkpoint().withEvery(0)));
    SftConfig learn = stage(common, start, work.resolve("learn"), 3000, 1.5e-3);
    Path learned = train(learn, items, QuickstartData::answer);
    SftConfig copy = stage(common, learned, work.resolve("copy"), 150, 4e-4);
    Path copied = train(copy, items, item -> QuickstartData.carelessAnswer(item, CARELESS));
    try (QwenVl network = QwenVl.load(copied, LoadOptions.inference().withDtype(DType.BF16))) {
      network.save(model);
    }
  }

  private static SftConfig stage(
      SftConfig common, Path model, Path out, long steps, double learningRate) {
    return common.with(
        c ->
            c.model(model)
                .out(out)
                .maxSteps(steps)
                .optimizer(c.optimizer().withLearningRate(learningRate)));
  }

  private Path train(SftConfig config, List<VqaItem> items, Function<VqaItem, String> answers) {
    ProgressBar progress = new ProgressBar(terminal, interactive);
    try (SftTrainer trainer = SftTrainer.start(config, items, answers, progress)) {
      return trainer.train().checkpoint();
    }
  }

  private static RandomCheckpoint initial() {
    return new RandomCheckpoint(
        Shape.QUICKSTART, Family.QWEN2_VL, Optional.empty(), DType.BF16, SEED);
  }

  /** {@code make-warm-start MODEL_DIR WORK_DIR}: makes the weights that the library carries. */
  public static void main(String[] arguments) throws IOException {
    new WarmStart(System.out, false).make(Path.of(arguments[0]), Path.of(arguments[1]));
  }
}
