package ai.medr1.examples.cli;

import ai.medr1.data.Part;
import ai.medr1.eval.Evaluator;
import ai.medr1.eval.Score;
import ai.medr1.grpo.config.ExperimentConfig;
import ai.medr1.grpo.experiment.Cell;
import ai.medr1.grpo.experiment.Experiment;
import ai.medr1.grpo.experiment.ExperimentListener;
import ai.medr1.grpo.experiment.Matrix;
import ai.medr1.grpo.experiment.MatrixTable;
import ai.medr1.grpo.experiment.State;
import ai.medr1.grpo.experiment.TrainedRow;
import ai.medr1.grpo.metrics.ProgressBar;
import ai.medr1.grpo.metrics.TrainingListener;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A whole study. */
@Command(
    name = "experiment",
    description = {
      "Trains a model on each modality or task, in several variants, evaluates each on all of them,"
          + " and prints the matrices of accuracies and of improvements.",
      "Called again, it goes on where it stopped: what is done is never done again. What fails is"
          + " recorded and tried anew by the next call. The directory of the experiment gets"
          + " matrix.json, the runs (train) and the evaluations (eval)."
    },
    footer = {
      "  medr1 experiment --config examples/configs/experiment-phantom-modality.yaml \\",
      "      --dry-run",
      "  medr1 experiment --config examples/configs/experiment-phantom-modality.yaml",
      "  medr1 experiment --config examples/configs/experiment-med-r1.yaml \\",
      "      --set names=[ct,mri]"
    })
final class ExperimentCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "YAML file with the settings. Paths in it are relative to the current folder.")
  private Path config;

  @Option(
      names = "--set",
      paramLabel = "KEY=VALUE",
      description = "Set a key of the configuration, such as grpo.maxSteps=200.")
  private List<String> settings = new ArrayList<>();

  @Option(
      names = "--dry-run",
      description = "Print where the experiment stands and what would be done; do nothing.")
  private boolean dryRun;

  @Override
  public Integer call() throws Exception {
    return Interrupts.heeding(spec.commandLine().getErr(), this::run);
  }

  private int run() {
    Experiment experiment = Experiment.open(ExperimentConfig.read(config, settings));
    PrintWriter out = spec.commandLine().getOut();
    if (dryRun) {
      out.print(MatrixTable.of(experiment.matrix()));
      out.print(plan(experiment));
      return 0;
    }
    Matrix matrix = experiment.run(progress(experiment.matrix()));
    out.print(MatrixTable.of(matrix));
    out.print(MatrixTable.improvements(matrix));
    return matrix.count(State.FAILED) == 0 ? 0 : 1;
  }

  private static String plan(Experiment experiment) {
    Matrix matrix = experiment.matrix();
    long trainings = matrix.trainings().stream().filter(t -> t.state() != State.DONE).count();
    StringBuilder plan =
        new StringBuilder(
            "would train %d models and evaluate %d cells\n"
                .formatted(trainings, matrix.cells().size() - matrix.count(State.DONE)));
    for (String name : matrix.names()) {
      plan.append(
          "%-27s %6d items to train on, %6d to test on\n"
              .formatted(
                  name, experiment.size(Part.TRAIN, name), experiment.size(Part.TEST, name)));
    }
    return plan.toString();
  }

  private ExperimentListener progress(Matrix before) {
    PrintWriter err = spec.commandLine().getErr();
    return new ExperimentListener() {
      @Override
      public void onTraining(TrainedRow training) {
        err.println("%s: training on %s".formatted(training.variant(), training.row()));
        err.flush();
      }

      @Override
      public List<TrainingListener> trainingListeners() {
        return Terminal.present() ? List.of(new ProgressBar(System.err, true)) : List.of();
      }

      @Override
      public void onProgress(Cell cell, Evaluator.Progress progress) {
        if (Terminal.present()) {
          err.print("\r%s: %d/%d items ".formatted(title(cell), progress.done(), progress.total()));
          err.flush();
        }
      }

      @Override
      public void onCell(Cell cell, Matrix matrix) {
        int ended = matrix.count(State.DONE) + matrix.count(State.FAILED);
        err.println(
            "%s[%d/%d] %s: %s"
                .formatted(
                    Terminal.present() ? "\r" : "",
                    ended,
                    before.cells().size(),
                    title(cell),
                    result(cell)));
        err.flush();
      }
    };
  }

  private static String title(Cell cell) {
    return "%s, %s -> %s".formatted(cell.variant(), cell.row().orElse("untrained"), cell.column());
  }

  private static String result(Cell cell) {
    return cell.score()
        .map(score -> result(score) + String.format(Locale.ROOT, " in %.1f s", cell.seconds()))
        .orElse("failed: " + cell.error().orElse(""));
  }

  private static String result(Score score) {
    return String.format(
        Locale.ROOT, "%.1f %% (%d/%d)", 100 * score.accuracy(), score.right(), score.n());
  }
}
