package ai.medr1.examples.shell;

import ai.medr1.core.InputException;
import ai.medr1.core.image.Images;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.core.text.Prompt;
import ai.medr1.data.DataFiles;
import ai.medr1.data.Part;
import ai.medr1.data.Splits;
import ai.medr1.data.VqaItem;
import ai.medr1.data.phantom.PhantomConfig;
import ai.medr1.data.phantom.Phantoms;
import ai.medr1.eval.Comparison;
import ai.medr1.eval.ComparisonFiles;
import ai.medr1.eval.EvalDirectory;
import ai.medr1.eval.EvalReport;
import ai.medr1.eval.EvalSubject;
import ai.medr1.eval.EvalTable;
import ai.medr1.eval.TrainingImages;
import ai.medr1.eval.VqaPrompts;
import ai.medr1.examples.quickstart.Quickstart;
import ai.medr1.examples.quickstart.WarmStart;
import ai.medr1.grpo.GrpoTrainer;
import ai.medr1.grpo.Recipe;
import ai.medr1.grpo.config.DataPrompt;
import ai.medr1.grpo.config.EvaluateConfig;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.metrics.ProgressBar;
import ai.medr1.grpo.metrics.TrainingResult;
import ai.medr1.report.Plot;
import java.awt.Desktop;
import java.awt.GraphicsEnvironment;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Helpers for JShell and notebooks. What they make goes to one temporary folder, {@link #folder},
 * unless a path is given. Everything else of medr1 can be mixed with them.
 */
public final class Shell {
  private static final DataPrompt QUICK = new DataPrompt(Quickstart.PROMPT);
  private static final DataPrompt MED_R1 = new DataPrompt("think");
  private static final int ANSWER_TOKENS = 256;
  private static final int TRAIN_PER_CELL = 8;

  private static Optional<Path> folder = Optional.empty();

  private Shell() {}

  /** What {@code scripts/jshell} says first. */
  public static void greet() {
    System.out.print(
        """
        |  medr1 is imported. Try, one after the other:
        |      var data = phantom(); var model = load(); ask(model, data.test().get(0))
        |      var trained = train(model, data, 10)
        |      compare(evaluate(model, data), evaluate(trained, data)); plot(trained)
        |  Ctrl-C stops a training after its step, and gives the model that it has come to.
        |  load("DIR") and data("DIR") take models and questions of your own: see docs/jshell.md.
        """);
  }

  /** The folder of all that has no path given. It is left when the shell ends. */
  public static synchronized Path folder() throws IOException {
    if (folder.isEmpty()) {
      folder = Optional.of(Files.createTempDirectory("medr1-"));
    }
    return folder.get();
  }

  /** A folder that is not there yet. */
  private static Path fresh(String name) throws IOException {
    Path all = folder();
    for (int i = 1; ; i++) {
      Path one = all.resolve(name + "-" + i);
      if (!Files.exists(one)) {
        return one;
      }
    }
  }

  /** Phantoms, drawn images with known answers: 8 modalities × 5 tasks, 1 test item of each. */
  public static Data phantom() throws IOException {
    Path path = fresh("phantom");
    Phantoms.generate(
        PhantomConfig.of(42, TRAIN_PER_CELL, 1).withImageSize(Quickstart.IMAGE_SIZE), path);
    return data(path.toString());
  }

  /**
   * Questions of your own: splits, or files of JSON, JSON Lines, CSV or Parquet, in any form that
   * {@code medr1 inspect} reads.
   */
  public static Data data(String path) {
    DataFiles files = DataFiles.of(Path.of(path));
    if (files.isSplits()) {
      Splits splits = files.splits();
      return new Data(
          files.path(), splits.joined(Part.TRAIN).items(), splits.joined(Part.TEST).items());
    }
    return new Data(files.path(), files.items(Part.TRAIN).items(), files.items(Part.TEST).items());
  }

  /** The small Qwen2-VL of the quickstart, which answers questions about phantoms, not well. */
  public static Model load() throws IOException {
    Path directory = fresh("model");
    WarmStart.unpack(directory);
    return load(directory, QUICK);
  }

  /** A checkpoint in the Hugging Face layout, asked in Med-R1's words. */
  public static Model load(String directory) {
    return load(Path.of(directory), MED_R1);
  }

  /**
   * A checkpoint in the Hugging Face layout.
   *
   * @param prompt think, no-think, zero-shot, or a text with {@code {Question}} in it
   */
  public static Model load(String directory, String prompt) {
    return load(Path.of(directory), new DataPrompt(prompt));
  }

  private static Model load(Path directory, DataPrompt prompt) {
    return new Model(directory, QwenVl.load(directory, LoadOptions.inference()), prompt);
  }

  /** What the model answers to an item. */
  public static String ask(Model model, VqaItem item) {
    QwenVl network = model.network();
    Prompt prompt =
        new VqaPrompts(
                network.processor(),
                model.prompt().evaluationTemplate(),
                EvaluateConfig.defaults().maxPromptLength())
            .of(item);
    return network.answer(prompt, ANSWER_TOKENS);
  }

  /**
   * What the model answers to a question about an image.
   *
   * @param image a file: PNG, JPEG, TIFF, BMP, GIF, WebP or DICOM
   */
  public static String ask(Model model, String image, String question) {
    return model
        .network()
        .ask(
            model.prompt().evaluationTemplate().apply(question),
            ANSWER_TOKENS,
            Images.read(Path.of(image)));
  }

  /** Trains with GRPO, by Med-R1's recipe; the quickstart's model by the quickstart's. */
  public static Model train(Model model, Data data, int steps) throws Exception {
    return train(model, data, config -> config.with(c -> c.maxSteps(steps)));
  }

  /**
   * Trains with GRPO and shows how it goes on. Ctrl-C, or an interrupt of a notebook, ends it after
   * the step that is going on; what is returned then is the model that it has come to.
   *
   * @param model stays as it is
   * @param changes what is otherwise than in the recipe
   */
  public static Model train(Model model, Data data, UnaryOperator<GrpoConfig> changes)
      throws Exception {
    GrpoConfig config = changes.apply(config(model, data));
    Path trained = Stoppable.run(() -> train(config, data)).checkpoint();
    return load(trained, model.prompt());
  }

  private static GrpoConfig config(Model model, Data data) throws IOException {
    Path run = fresh("run");
    GrpoConfig config =
        model.prompt().equals(QUICK)
            ? Quickstart.config(model.directory(), run, data.path())
            : GrpoConfig.of(model.directory(), run);
    return config.with(
        c -> c.data(c.data().with(d -> d.splits(data.path()).prompt(model.prompt().text()))));
  }

  private static TrainingResult train(GrpoConfig config, Data data) {
    Recipe recipe =
        Recipe.of(config)
            .withListener(new ProgressBar(System.out, Boolean.getBoolean("medr1.terminal")));
    try (GrpoTrainer trainer = GrpoTrainer.start(config, data.train(), recipe)) {
      return trainer.train();
    }
  }

  /** Asks the model all questions to test on. What is left where it is stopped is not counted. */
  public static Evaluated evaluate(Model model, Data data) throws Exception {
    boolean quick = model.prompt().equals(QUICK);
    EvaluateConfig config = quick ? Quickstart.EVALUATION : EvaluateConfig.defaults();
    String place = data.path().toString();
    EvalDirectory.Setup setup =
        config.setup(
            new EvalSubject(
                model.directory().toString(), place, place, place, model.prompt().text(), 0),
            model.prompt().wording(),
            data.test(),
            TrainingImages.all(data.train()));
    Path directory = fresh("evaluation");
    EvalReport report =
        Stoppable.run(
            () ->
                config
                    .evaluation(model.prompt())
                    .run(model.network(), setup, directory, false, progress -> {}));
    return new Evaluated(directory, report);
  }

  /** Prints accuracies with their intervals, over all, by modality and by task. */
  public static void table(Evaluated evaluated) {
    System.out.print(EvalTable.of(evaluated.report()));
  }

  /** Prints whether the second is better than the first, and whether that may be chance. */
  public static void compare(Evaluated first, Evaluated second) {
    System.out.print(
        ComparisonFiles.text(
            Comparison.ofCommon(first.report().items(), second.report().items()),
            name(first),
            name(second)));
  }

  private static String name(Evaluated evaluated) {
    return String.valueOf(evaluated.directory().getFileName());
  }

  /** The reward over the steps of the training that made a model. */
  public static Path plot(Model trained) throws IOException {
    return plot(trained, "Reward");
  }

  /**
   * A figure of the training that made a model.
   *
   * @param title a part of its title, such as length, KL or loss, in any case
   */
  public static Path plot(Model trained, String title) throws IOException {
    return plot(trained.run(), title);
  }

  /** The accuracies of an evaluation by modality. */
  public static Path plot(Evaluated evaluated) throws IOException {
    return plot(evaluated.directory(), "Accuracy by modality");
  }

  /**
   * A figure of a run, an evaluation or an experiment: opened in the system's viewer, or printed as
   * a table where there is none.
   *
   * @param title a part of its title
   * @return the PNG file
   * @throws InputException naming the figures that there are
   */
  public static Path plot(Path directory, String title) throws IOException {
    List<Plot> plots = Plot.of(directory);
    Plot plot =
        plots.stream()
            .filter(p -> lower(p.title()).contains(lower(title)))
            .findFirst()
            .orElseThrow(
                () ->
                    new InputException(
                        "%s has no figure called '%s'; there are %s"
                            .formatted(
                                directory, title, plots.stream().map(Plot::title).toList())));
    Path file = folder().resolve(plot.id() + ".png");
    Files.write(file, plot.png());
    if (!GraphicsEnvironment.isHeadless()
        && Desktop.isDesktopSupported()
        && Desktop.getDesktop().isSupported(Desktop.Action.OPEN)) {
      Desktop.getDesktop().open(file.toFile());
    } else {
      System.out.print(plot.text());
    }
    return file;
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }
}
