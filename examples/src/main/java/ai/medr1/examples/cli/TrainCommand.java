package ai.medr1.examples.cli;

import ai.medr1.core.InputException;
import ai.medr1.data.VqaItem;
import ai.medr1.grpo.GrpoTrainer;
import ai.medr1.grpo.Recipe;
import ai.medr1.grpo.SftTrainer;
import ai.medr1.grpo.config.DataConfig;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.config.SftConfig;
import ai.medr1.grpo.metrics.ProgressBar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Trains a model. */
@Command(
    name = "train",
    description = "Trains a model, with GRPO or supervised.",
    synopsisSubcommandLabel = "METHOD",
    footer = {
      "  medr1 train grpo --config examples/configs/grpo-smoke.yaml",
      "  medr1 train sft --config examples/configs/sft-smoke.yaml"
    })
final class TrainCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a method is missing: grpo or sft");
  }

  /** Options of both methods. */
  static final class Options {
    @Option(
        names = "--config",
        required = true,
        paramLabel = "FILE",
        description =
            "YAML file with the settings; what it leaves out is as in Med-R1. Paths in it are"
                + " relative to the current folder.")
    private Path config;

    @Option(
        names = "--set",
        paramLabel = "KEY=VALUE",
        description = "Set a key of the configuration, such as optimizer.learningRate=2e-6.")
    private List<String> settings = new ArrayList<>();

    @Option(
        names = "--resume",
        description = "Go on from the newest checkpoint of the run, if there is one.")
    private boolean resume;

    /** The items that the configuration asks for. */
    List<VqaItem> items(DataConfig data) {
      if (data.splits().toString().isEmpty()) {
        throw new InputException(
            config + ": data.splits is missing: the folder with the splits to train on");
      }
      return data.load().items();
    }
  }

  @Command(
      name = "grpo",
      description = {
        "Trains a model with Group Relative Policy Optimization, by Med-R1's recipe.",
        "The directory of the run gets metrics.jsonl, completions.jsonl, TensorBoard events and"
            + " checkpoints in the Hugging Face layout; the path of the last one is printed."
      },
      footer = {
        "  medr1 train grpo --config examples/configs/grpo-smoke.yaml",
        "  medr1 train grpo --config examples/configs/grpo-ct.yaml \\",
        "      --set group=8 --set maxSteps=200",
        "  medr1 train grpo --config examples/configs/grpo-ct.yaml --resume"
      })
  int grpo(@Mixin Options options) throws Exception {
    return Interrupts.heeding(spec.commandLine().getErr(), () -> trainGrpo(options));
  }

  private int trainGrpo(Options options) {
    GrpoConfig config = GrpoConfig.read(options.config, options.settings);
    List<VqaItem> items = options.items(config.data());
    Recipe recipe = Recipe.of(config).withListener(progress());
    try (GrpoTrainer trainer =
        options.resume
            ? GrpoTrainer.resume(config, items, recipe)
            : GrpoTrainer.start(config, items, recipe)) {
      spec.commandLine().getOut().println(trainer.train().checkpoint());
    }
    return 0;
  }

  @Command(
      name = "sft",
      description = {
        "Trains a model on the solutions of the data, by the recipe of Med-R1's baseline.",
        "The directory of the run gets metrics.jsonl, TensorBoard events and checkpoints in the"
            + " Hugging Face layout; the path of the last one is printed."
      },
      footer = {
        "  medr1 train sft --config examples/configs/sft-smoke.yaml",
        "  medr1 train sft --config examples/configs/sft-ct.yaml --resume"
      })
  int sft(@Mixin Options options) throws Exception {
    return Interrupts.heeding(spec.commandLine().getErr(), () -> trainSft(options));
  }

  private int trainSft(Options options) {
    SftConfig config = SftConfig.read(options.config, options.settings);
    List<VqaItem> items = options.items(config.data());
    try (SftTrainer trainer =
        options.resume
            ? SftTrainer.resume(config, items, VqaItem::solution, progress())
            : SftTrainer.start(config, items, VqaItem::solution, progress())) {
      spec.commandLine().getOut().println(trainer.train().checkpoint());
    }
    return 0;
  }

  private static ProgressBar progress() {
    return new ProgressBar(System.err, Terminal.present());
  }
}
