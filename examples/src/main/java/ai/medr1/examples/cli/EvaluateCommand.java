package ai.medr1.examples.cli;

import ai.medr1.core.model.QwenVl;
import ai.medr1.data.DataFiles;
import ai.medr1.data.DataSource;
import ai.medr1.data.Part;
import ai.medr1.data.VqaDataset;
import ai.medr1.eval.EvalDirectory;
import ai.medr1.eval.EvalReport;
import ai.medr1.eval.EvalSubject;
import ai.medr1.eval.EvalTable;
import ai.medr1.eval.Evaluator;
import ai.medr1.grpo.config.ConfigFile;
import ai.medr1.grpo.config.DataPrompt;
import ai.medr1.grpo.config.EvaluateConfig;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Says how many questions a model answers rightly. */
@Command(
    name = "evaluate",
    description = {
      "Asks a model every question of a data set once and prints its accuracy per modality and"
          + " task.",
      "--out gets items.jsonl (a row per item), results.json (Med-R1's form), summary.json,"
          + " config.json and environment.json."
    },
    footer = {
      "  medr1 evaluate --model trained --data phantoms --prompt think --out before",
      "  medr1 evaluate --model Qwen2-VL-2B-Instruct --data splits \\",
      "      --image-root OmniMedVQA --prompt zero-shot --out zero-shot \\",
      "      --set modalities=[ct,mri] --set load.dtype=bfloat16",
      "  medr1 evaluate --model Qwen2-VL-2B-Instruct --data splits \\",
      "      --prompt zero-shot --out letters --set answer=letters",
      "  medr1 evaluate --model trained --data phantoms --prompt think --out drawn \\",
      "      --set samples=8 --set temperature=1"
    })
final class EvaluateCommand implements Callable<Integer> {
  private static final long SAMPLE_SEED = 42;

  @Spec private CommandSpec spec;

  @Option(
      names = "--model",
      required = true,
      paramLabel = "DIR",
      description = "Checkpoint in the Hugging Face layout.")
  private Path model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "PATH",
      description =
          "Folder with splits, of which the test items count; or a file or folder of JSON, JSON"
              + " Lines, CSV or Parquet in another form.")
  private Path data;

  @Option(
      names = "--prompt",
      required = true,
      paramLabel = "WORDING",
      converter = Converters.OfPrompt.class,
      description =
          "think, no-think, think-after or zero-shot: how to ask, and how to read the answer; or a text of your"
              + " own with {Question} in it, as in data.prompt of a training.")
  private DataPrompt prompt;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description =
          "Directory of the results; without --resume, results that are there are replaced.")
  private Path out;

  @Option(
      names = "--image-root",
      paramLabel = "DIR",
      description = "What the names of images are relative to; without it the folder of the data.")
  private Optional<Path> imageRoot = Optional.empty();

  @Option(
      names = "--train-data",
      paramLabel = "PATH",
      description =
          "What the model was trained on, to mark test images that are training images; without it"
              + " the training items beside the test items.")
  private Optional<Path> trainData = Optional.empty();

  @Option(
      names = "--resume",
      description =
          "Go on with the evaluation in --out: items that have a row are not asked again.")
  private boolean resume;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Evaluate a random sample of N items, the same in every run.")
  private Optional<Integer> limit = Optional.empty();

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description =
          "Change a setting: answer (text; or letters: the most probable one, nothing is written),"
              + " reader (prompt: as fits the prompt; tag, tag-or-raw, raw, or one of your own),"
              + " lenient (false: letters are read as Med-R1 does; true: a second time in whatever"
              + " form they are given, too), numericTolerance (0: share of a right number that an"
              + " answer may be off),"
              + " samples (0) and temperature (0) of answers that are drawn besides, seed (42),"
              + " maxNewTokens (256), batch (16), maxPromptLength (1024), minPixels"
              + " (3136), maxPixels (401408), skipBadItems (false), maxBadShare (0.1), form (auto),"
              + " columns.image and others, modalities, tasks, load.dtype"
              + " (float32), load.device (auto), load.threads (0: all cores).")
  private List<String> settings = new ArrayList<>();

  @Override
  public Integer call() throws Exception {
    return Interrupts.heeding(spec.commandLine().getErr(), this::evaluate);
  }

  private int evaluate() throws IOException {
    if (limit.isPresent() && limit.get() < 1) {
      throw new ParameterException(
          spec.commandLine(), "--limit is a positive number, found " + limit.get());
    }
    EvaluateConfig config =
        ConfigFile.with(EvaluateConfig.defaults(), settings.toArray(String[]::new));
    config.requireFits(prompt.wording());
    EvalReport report = evaluate(config, items(config));
    spec.commandLine().getOut().print(EvalTable.of(report));
    return 0;
  }

  private VqaDataset items(EvaluateConfig config) {
    VqaDataset chosen = config.select(source(config, data).items(Part.TEST));
    return config.sound(
        limit.isPresent() ? chosen.shuffle(SAMPLE_SEED).limit(limit.get()) : chosen);
  }

  private DataSource source(EvaluateConfig config, Path path) {
    return config.source(path, imageRoot());
  }

  private Path imageRoot() {
    return imageRoot.orElse(DataFiles.imageRoot(data));
  }

  private EvalReport evaluate(EvaluateConfig config, VqaDataset items) throws IOException {
    EvalDirectory.Setup setup =
        config.setup(
            subject(),
            prompt.wording(),
            items.items(),
            TrainedImages.of(source(config, data), trainData.map(path -> source(config, path))));
    try (QwenVl qwen = config.load(model, model)) {
      return config.evaluation(prompt).run(qwen, setup, out, resume, progress());
    }
  }

  private EvalSubject subject() {
    return new EvalSubject(
        place(model),
        place(data),
        place(imageRoot()),
        trainData.map(EvaluateCommand::place).orElse(""),
        prompt.text(),
        limit.orElse(0));
  }

  private static String place(Path path) {
    return path.toAbsolutePath().normalize().toString();
  }

  private Consumer<Evaluator.Progress> progress() {
    PrintWriter err = spec.commandLine().getErr();
    return Terminal.line(
        err,
        progress ->
            "%d/%d items, %d right".formatted(progress.done(), progress.total(), progress.right()),
        progress -> progress.done() == progress.total());
  }
}
