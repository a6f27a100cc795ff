package ai.medr1.examples.quickstart;

import ai.medr1.core.InputException;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.data.Part;
import ai.medr1.data.VqaItem;
import ai.medr1.data.phantom.PhantomConfig;
import ai.medr1.data.phantom.Phantoms;
import ai.medr1.eval.AnswerExtractor;
import ai.medr1.eval.EvalFiles;
import ai.medr1.eval.EvalReport;
import ai.medr1.eval.EvalTable;
import ai.medr1.eval.Evaluator;
import ai.medr1.eval.ModelAnswerer;
import ai.medr1.eval.VqaPrompts;
import ai.medr1.grpo.GrpoTrainer;
import ai.medr1.grpo.Recipe;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.metrics.ProgressBar;
import ai.medr1.grpo.metrics.StepReport;
import ai.medr1.grpo.metrics.TrainingListener;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * From nothing to a report: phantoms, a small warmed-up Qwen2-VL, GRPO, accuracy on held-out items
 * before and after.
 */
public final class Quickstart {
  /** Short, since a small tokenizer makes many tokens of it; tags as in Med-R1's prompts. */
  static final String PROMPT =
      "{Question} Think in <think>...</think>, then answer in <answer>...</answer>.";

  static final int IMAGE_SIZE = 84;
  static final int MAX_COMPLETION = 48;
  static final int MAX_PROMPT = 256;

  /**
   * How much is done.
   *
   * @param trainPerCell training items of each modality and task
   * @param testPerCell held-out items of each
   * @param steps of GRPO
   */
  record Scale(int trainPerCell, int testPerCell, int steps) {
    /** Minutes on two cores. */
    static final Scale FULL = new Scale(60, 10, 200);
  }

  private static final int EVALUATION_BATCH = 40;
  private static final String[] RECIPE = {
    "batch=8",
    "accumulation=1",
    "group=8",
    "sampling.maxCompletionLength=" + MAX_COMPLETION,
    "data.maxPromptLength=" + MAX_PROMPT,
    "optimizer.learningRate=3e-4",
    "optimizer.schedule=linear",
    "checkpoint.every=0",
  };

  private final QuickstartOptions options;
  private final Scale scale;
  private final PrintStream terminal;
  private final boolean interactive;

  /**
   * @param terminal where progress and tables go
   * @param interactive whether lines of the terminal can be rewritten
   */
  public Quickstart(QuickstartOptions options, PrintStream terminal, boolean interactive) {
    this(options, Scale.FULL, terminal, interactive);
  }

  Quickstart(QuickstartOptions options, Scale scale, PrintStream terminal, boolean interactive) {
    this.options = options;
    this.scale = scale;
    this.terminal = terminal;
    this.interactive = interactive;
  }

  /**
   * Does all of it.
   *
   * @return the page that shows the result
   * @throws InputException if the directory is in use
   */
  public Path run() throws IOException {
    long start = System.nanoTime();
    requireUnused(options.out());
    Files.createDirectories(options.out());

    say("1/5  Drawing phantoms: 8 modalities x 5 tasks");
    Path phantoms = options.out().resolve("phantoms");
    Phantoms.generate(
        PhantomConfig.of(options.seed(), scale.trainPerCell(), scale.testPerCell())
            .withImageSize(IMAGE_SIZE),
        phantoms);
    GrpoConfig config = config(phantoms);
    List<VqaItem> heldOut = QuickstartData.items(phantoms, Part.TEST);

    say("2/5  " + (options.fromScratch() ? "Warming a new model up" : "Taking the warm start"));
    if (options.fromScratch()) {
      new WarmStart(terminal, interactive).make(config.model(), options.out().resolve("sft"));
    } else {
      WarmStart.unpack(config.model());
    }

    say("3/5  Evaluating the warm start on " + heldOut.size() + " held-out items");
    EvalReport before = evaluate(config.model(), heldOut, "before");

    say("4/5  Training with GRPO: " + config.maxSteps() + " steps");
    List<StepReport> steps = new ArrayList<>();
    Path trained = train(config, QuickstartData.items(phantoms, Part.TRAIN), steps);

    say("5/5  Evaluating the trained model");
    EvalReport after = evaluate(trained, heldOut, "after");

    double seconds = (System.nanoTime() - start) / 1e9;
    terminal.println(EvalTable.of("Warm start", before, "After GRPO", after));
    QuickstartFiles.writeSummary(options.out().resolve("summary.json"), seconds, before, after);
    Path page = options.out().resolve("report.html");
    new ReportPage(config, steps, before, after, seconds).write(page);
    say("Done in %.0f s. Open %s".formatted(seconds, page));
    return page;
  }

  private static void requireUnused(Path out) throws IOException {
    if (Files.isDirectory(out)) {
      try (var files = Files.list(out)) {
        if (files.findAny().isPresent()) {
          throw new InputException(
              out + " is not empty: give --out a new directory, or remove this one first");
        }
      }
    }
  }

  private GrpoConfig config(Path phantoms) {
    return GrpoConfig.of(options.out().resolve("warm"), options.out().resolve("grpo"))
        .with(RECIPE)
        .with(
            "maxSteps=" + scale.steps(),
            "seed=" + options.seed(),
            "data.splits=" + phantoms,
            "data.prompt=" + PROMPT);
  }

  private Path train(GrpoConfig config, List<VqaItem> items, List<StepReport> steps) {
    TrainingListener collect =
        new TrainingListener() {
          @Override
          public void onStep(StepReport report) {
            steps.add(report);
          }
        };
    Recipe recipe =
        Recipe.medR1(config)
            .withListener(new ProgressBar(terminal, interactive))
            .withListener(collect);
    try (GrpoTrainer trainer = GrpoTrainer.start(config, items, recipe)) {
      return trainer.train();
    }
  }

  private EvalReport evaluate(Path model, List<VqaItem> items, String name) throws IOException {
    try (QwenVl network = QwenVl.load(model, LoadOptions.inference())) {
      VqaPrompts prompts = new VqaPrompts(network.processor(), QuickstartData.TEMPLATE, MAX_PROMPT);
      EvalReport report =
          new Evaluator(AnswerExtractor.TAG, EVALUATION_BATCH, false)
              .evaluate(new ModelAnswerer(network, prompts, MAX_COMPLETION), items, progress -> {});
      EvalFiles.write(report, "think", options.out().resolve("evaluation").resolve(name));
      return report;
    }
  }

  private void say(String line) {
    terminal.println(line);
    terminal.flush();
  }
}
