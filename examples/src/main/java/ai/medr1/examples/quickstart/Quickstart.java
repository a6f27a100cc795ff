package ai.medr1.examples.quickstart;

import ai.medr1.core.InputException;
import ai.medr1.core.model.QwenVl;
import ai.medr1.data.Part;
import ai.medr1.data.VqaItem;
import ai.medr1.data.phantom.PhantomConfig;
import ai.medr1.data.phantom.Phantoms;
import ai.medr1.eval.EvalDirectory;
import ai.medr1.eval.EvalReport;
import ai.medr1.eval.EvalSubject;
import ai.medr1.eval.EvalTable;
import ai.medr1.eval.TrainingImages;
import ai.medr1.grpo.GrpoTrainer;
import ai.medr1.grpo.Recipe;
import ai.medr1.grpo.config.DataConfig;
import ai.medr1.grpo.config.DataPrompt;
import ai.medr1.grpo.config.EvaluateConfig;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.metrics.ProgressBar;
import ai.medr1.grpo.metrics.TrainingResult;
import ai.medr1.report.Report;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;

/**
 * From nothing to a report: phantoms, a small warmed-up Qwen2-VL, GRPO, accuracy on held-out items
 * before and after.
 */
public final class Quickstart {
  /** Short, since a small tokenizer makes many tokens of it; tags as in Med-R1's prompts. */
  public static final String PROMPT =
      "{Question} Think in <think>...</think>, then answer in <answer>...</answer>.";

  /** Pixels of a side. */
  public static final int IMAGE_SIZE = 84;

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

  /** How the small model is evaluated. */
  public static final EvaluateConfig EVALUATION =
      EvaluateConfig.defaults()
          .with(c -> c.batch(40).maxNewTokens(MAX_COMPLETION).maxPromptLength(MAX_PROMPT));

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

    say("2/5  " + (options.fromScratch() ? "Warming a new model up" : "Taking the warm start"));
    if (options.fromScratch()) {
      new WarmStart(terminal, interactive).make(config.model(), options.out().resolve("sft"));
    } else {
      WarmStart.unpack(config.model());
    }

    say("3/5  Evaluating the warm start on held-out items");
    EvalReport before = evaluate(config.model(), phantoms, "before");

    say("4/5  Training with GRPO: " + config.maxSteps() + " steps");
    Path trained = train(config, QuickstartData.items(phantoms, Part.TRAIN));

    say("5/5  Evaluating the trained model");
    EvalReport after = evaluate(trained, phantoms, "after");

    double seconds = (System.nanoTime() - start) / 1e9;
    terminal.println(EvalTable.of("Warm start", before, "After GRPO", after));
    QuickstartFiles.writeSummary(options.out().resolve("summary.json"), seconds, before, after);
    Path page = options.out().resolve("report.html");
    Path evaluations = options.out().resolve("evaluation");
    Report.read(
            "medr1 quickstart",
            List.of(evaluations.resolve("before"), evaluations.resolve("after"), config.out()))
        .write(page);
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
    return config(options.out().resolve("warm"), options.out().resolve("grpo"), phantoms)
        .with(c -> c.maxSteps(scale.steps()).seed(options.seed()));
  }

  /** How the small model is trained with GRPO, one pass over the data. */
  public static GrpoConfig config(Path model, Path out, Path phantoms) {
    return GrpoConfig.of(model, out)
        .with(
            c ->
                c.batch(8)
                    .accumulation(1)
                    .group(8)
                    .sampling(c.sampling().withMaxCompletionLength(MAX_COMPLETION))
                    .data(data(c.data(), phantoms))
                    .optimizer(c.optimizer().withLearningRate(3e-4))
                    .checkpoint(c.checkpoint().withEvery(0)));
  }

  /** What warm start and training have in common. */
  static DataConfig data(DataConfig data, Path phantoms) {
    return data.with(d -> d.splits(phantoms).prompt(PROMPT).maxPromptLength(MAX_PROMPT));
  }

  private Path train(GrpoConfig config, List<VqaItem> items) {
    Recipe recipe = Recipe.of(config).withListener(new ProgressBar(terminal, interactive));
    try (GrpoTrainer trainer = GrpoTrainer.start(config, items, recipe)) {
      TrainingResult result = trainer.train();
      requireWhole(result.cancelled());
      return result.checkpoint();
    }
  }

  private EvalReport evaluate(Path model, Path phantoms, String name) throws IOException {
    String data = phantoms.toAbsolutePath().toString();
    EvalSubject subject =
        new EvalSubject(model.toAbsolutePath().toString(), data, data, data, PROMPT, 0);
    DataPrompt prompt = new DataPrompt(PROMPT);
    EvalDirectory.Setup setup =
        EVALUATION.setup(
            subject,
            prompt.wording(),
            QuickstartData.items(phantoms, Part.TEST),
            TrainingImages.all(QuickstartData.items(phantoms, Part.TRAIN)));
    Path directory = options.out().resolve("evaluation").resolve(name);
    try (QwenVl network = EVALUATION.load(model, model)) {
      EvalReport report =
          EVALUATION.evaluation(prompt).run(network, setup, directory, false, progress -> {});
      requireWhole(report.cancelled());
      return report;
    }
  }

  private static void requireWhole(boolean cancelled) {
    if (cancelled) {
      throw new CancellationException("the quickstart was interrupted");
    }
  }

  private void say(String line) {
    terminal.println(line);
    terminal.flush();
  }
}
