package ai.medr1.grpo.experiment;

import ai.medr1.core.DirectoryLock;
import ai.medr1.core.InputException;
import ai.medr1.core.RunningWork;
import ai.medr1.core.checkpoint.Checkpoint;
import ai.medr1.core.model.QwenVl;
import ai.medr1.data.Part;
import ai.medr1.data.VqaDataset;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.EvalDirectory;
import ai.medr1.eval.EvalReport;
import ai.medr1.eval.EvalSubject;
import ai.medr1.eval.Evaluator;
import ai.medr1.eval.Stopwatch;
import ai.medr1.eval.TrainingImages;
import ai.medr1.grpo.GrpoTrainer;
import ai.medr1.grpo.Recipe;
import ai.medr1.grpo.SftTrainer;
import ai.medr1.grpo.config.ConfigFile;
import ai.medr1.grpo.config.DataConfig;
import ai.medr1.grpo.config.EvaluateConfig;
import ai.medr1.grpo.config.ExperimentConfig;
import ai.medr1.grpo.config.ExperimentConfig.Keep;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.config.SftConfig;
import ai.medr1.grpo.config.VariantConfig;
import ai.medr1.grpo.metrics.TrainingListener;
import ai.medr1.grpo.metrics.TrainingResult;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * A study: trains on each modality or task, evaluates each model on all of them, for every variant.
 *
 * <p>{@code matrix.json} is written after every change, before anything else is begun. What is done
 * in it is never done again; a training that was cut goes on from its newest checkpoint, a cell
 * that was cut goes on with the items that are left, and what has failed is tried anew.
 */
public final class Experiment {
  private static final String CONFIG = "experiment.yaml";

  private final ExperimentConfig config;
  private final Axis axis;
  private Matrix matrix;

  private Experiment(ExperimentConfig config, Axis axis, Matrix matrix) {
    this.config = config;
    this.axis = axis;
    this.matrix = matrix;
  }

  /**
   * Looks at what there is; writes nothing.
   *
   * @throws InputException if the model or the data cannot be read, or lack a row or column, a
   *     setting of a variant is wrong, or the directory holds an experiment with other settings
   */
  public static Experiment open(ExperimentConfig config) {
    config.variants().forEach(variant -> requireGoodSettings(config, variant));
    Matrix all = Matrix.waiting(config);
    Path known = config.out().resolve(CONFIG);
    if (Files.exists(known)) {
      requireSame(config, ConfigFile.read(ExperimentConfig.defaults(), known, List.of()), known);
    }
    Path file = config.out().resolve(MatrixFile.NAME);
    Matrix matrix = Files.exists(file) ? all.resumed(MatrixFile.read(file)) : all;
    Axis axis = Axis.of(config);
    axis.requireItems(Part.TEST, matrix.names());
    if (!matrix.trainings().isEmpty()) {
      axis.requireItems(Part.TRAIN, matrix.names());
    }
    Checkpoint.open(config.model());
    return new Experiment(config, axis, matrix);
  }

  /** Late errors are dear in a study of days. */
  private static void requireGoodSettings(ExperimentConfig config, VariantConfig variant) {
    switch (variant.train()) {
      case NONE -> {}
      case GRPO -> config.grpo(variant);
      case SFT -> config.sft(variant);
    }
  }

  private static void requireSame(ExperimentConfig config, ExperimentConfig began, Path known) {
    config
        .conflict(began)
        .ifPresent(
            key -> {
              throw new InputException(
                  "%s: the experiment was begun with another value of %s; names and variants can be added, anything else needs another directory (out)"
                      .formatted(known, key));
            });
  }

  /** Where the study stands. */
  public Matrix matrix() {
    return matrix;
  }

  /** How many items a name has to train on, or to test on. */
  public int size(Part part, String name) {
    return axis.items(part, name).size();
  }

  /**
   * Does all that is not done yet. What fails is recorded, and the study goes on. Where this thread
   * is interrupted, it ends after the step or the answers that are going on, and the next call goes
   * on from there.
   *
   * @return where it stands then
   * @throws InputException if its own files cannot be written, or another process works in the
   *     directory
   */
  public Matrix run(ExperimentListener listener) {
    DirectoryLock lock = DirectoryLock.take(config.out());
    RunningWork atExit = RunningWork.begin(Thread.currentThread()::interrupt);
    try {
      ConfigFile.write(config, config.out().resolve(CONFIG));
      save(matrix);
      for (VariantConfig variant : config.variants()) {
        for (Optional<String> row : matrix.rows(variant.name())) {
          row(variant, row, listener);
        }
      }
    } finally {
      atExit.close();
      lock.close();
    }
    return matrix;
  }

  private static boolean isCancelled() {
    return Thread.currentThread().isInterrupted();
  }

  private void save(Matrix next) {
    matrix = next;
    MatrixFile.write(matrix, config.out().resolve(MatrixFile.NAME));
  }

  private void row(VariantConfig variant, Optional<String> row, ExperimentListener listener) {
    if (isCancelled() || open(variant, row).isEmpty()) {
      return;
    }
    Optional<Path> model =
        matrix
            .training(variant.name(), row)
            .map(training -> model(variant, training, listener))
            .orElse(Optional.of(config.model()));
    model.ifPresent(checkpoint -> evaluate(variant, row, checkpoint, listener));
    if (open(variant, row).isEmpty()) {
      matrix.training(variant.name(), row).ifPresent(this::tidy);
    }
  }

  private List<Cell> open(VariantConfig variant, Optional<String> row) {
    return matrix.row(variant.name(), row).stream().filter(cell -> !cell.isDone()).toList();
  }

  // ---- training

  /** The model of a row, which is trained if need be; empty where that fails. */
  private Optional<Path> model(
      VariantConfig variant, TrainedRow training, ExperimentListener listener) {
    Optional<Path> trained =
        training.checkpoint().map(config.out()::resolve).filter(Files::isDirectory);
    return trained.isPresent() ? trained : train(variant, training, listener);
  }

  private Optional<Path> train(
      VariantConfig variant, TrainedRow training, ExperimentListener listener) {
    listener.onTraining(training.running());
    save(matrix.with(training.running()));
    try {
      List<VqaItem> items = axis.items(Part.TRAIN, training.row());
      TrainingResult result =
          variant.train() == VariantConfig.Training.GRPO
              ? grpo(variant, training, items, listener.trainingListeners())
              : sft(variant, training, items, listener.trainingListeners());
      if (result.cancelled()) {
        return Optional.empty();
      }
      Path last = result.checkpoint();
      String place = training.dir() + "/" + last.getFileName();
      double seconds = RunDirectory.seconds(config.out().resolve(training.dir()));
      trained(training.done(place, seconds), listener);
      return Optional.of(last);
    } catch (RuntimeException e) {
      if (isCancelled()) {
        return Optional.empty();
      }
      trained(training.failed(reason(e)), listener);
      fail(open(variant, Optional.of(training.row())), "training: " + reason(e), listener);
      return Optional.empty();
    }
  }

  private void trained(TrainedRow training, ExperimentListener listener) {
    save(matrix.with(training));
    listener.onTrained(training);
  }

  private TrainingResult grpo(
      VariantConfig variant,
      TrainedRow training,
      List<VqaItem> items,
      List<TrainingListener> listeners) {
    GrpoConfig run =
        config
            .grpo(variant)
            .with(
                c ->
                    c.model(config.model())
                        .out(config.out().resolve(training.dir()))
                        .seed(config.seed())
                        .data(decided(c.data(), variant, training)));
    Recipe recipe = Recipe.of(run);
    for (TrainingListener listener : listeners) {
      recipe = recipe.withListener(listener);
    }
    try (GrpoTrainer trainer = GrpoTrainer.resume(run, items, recipe)) {
      return trainer.train();
    }
  }

  private TrainingResult sft(
      VariantConfig variant,
      TrainedRow training,
      List<VqaItem> items,
      List<TrainingListener> listeners) {
    SftConfig run =
        config
            .sft(variant)
            .with(
                c ->
                    c.model(config.model())
                        .out(config.out().resolve(training.dir()))
                        .seed(config.seed())
                        .data(decided(c.data(), variant, training)));
    TrainingListener[] all = listeners.toArray(TrainingListener[]::new);
    try (SftTrainer trainer = SftTrainer.resume(run, items, VqaItem::solution, all)) {
      return trainer.train();
    }
  }

  /** What the cell decides, so that config.yaml of the run repeats it by itself. */
  private DataConfig decided(DataConfig data, VariantConfig variant, TrainedRow training) {
    return data.with(
        d -> {
          d.splits(config.data().splits())
              .images(config.data().images())
              .form(config.data().form())
              .columns(config.data().columns())
              .prompt(variant.prompt());
          axis.restrict(d, training.row());
        });
  }

  // ---- evaluation

  private void evaluate(
      VariantConfig variant, Optional<String> row, Path model, ExperimentListener listener) {
    // A checkpoint of adapters does not say how images are prepared; the starting model does.
    try (QwenVl qwen = config.evaluate().load(model, config.model())) {
      for (Cell cell : open(variant, row)) {
        if (!isCancelled()) {
          evaluate(cell, variant, qwen, listener);
        }
      }
    } catch (RuntimeException e) {
      if (!isCancelled()) {
        fail(open(variant, row), reason(e), listener);
      }
    }
  }

  private void evaluate(
      Cell cell, VariantConfig variant, QwenVl model, ExperimentListener listener) {
    Stopwatch clock = new Stopwatch(cell.seconds());
    save(matrix.with(cell.running(clock.seconds())));
    try {
      EvalReport report =
          report(
              cell,
              variant,
              model,
              progress -> {
                listener.onProgress(cell, progress);
                clock.tick(spent -> save(matrix.with(cell.running(spent))));
              });
      if (!report.cancelled()) {
        finish(cell.done(report.overall(), clock.seconds()), listener);
      }
    } catch (RuntimeException | IOException e) {
      if (isCancelled()) {
        return;
      }
      finish(cell.running(clock.seconds()).failed(reason(e)), listener);
    }
  }

  /** What a cell that was cut has answered already is not asked again. */
  private EvalReport report(
      Cell cell, VariantConfig variant, QwenVl model, Consumer<Evaluator.Progress> progress)
      throws IOException {
    EvaluateConfig how = config.evaluate();
    VqaDataset all = new VqaDataset(cell.column(), axis.items(Part.TEST, cell.column()));
    EvalDirectory.Setup setup =
        how.setup(
            subject(cell, variant),
            variant.asked().wording(),
            how.sound(all).items(),
            trainedOn(cell));
    return how.evaluation(variant.asked())
        .run(model, setup, config.out().resolve(cell.dir()), true, progress);
  }

  private EvalSubject subject(Cell cell, VariantConfig variant) {
    return new EvalSubject(
        config.model().toString(),
        config.data().splits().toString(),
        config.data().imageRoot().toString(),
        cell.row().orElse(""),
        variant.prompt(),
        0);
  }

  private TrainingImages trainedOn(Cell cell) {
    return cell.row()
        .map(row -> TrainingImages.all(axis.items(Part.TRAIN, row)))
        .orElse(TrainingImages.UNKNOWN);
  }

  private void fail(List<Cell> cells, String why, ExperimentListener listener) {
    cells.forEach(cell -> finish(cell.failed(why), listener));
  }

  private void finish(Cell cell, ExperimentListener listener) {
    save(matrix.with(cell));
    listener.onCell(cell, matrix);
  }

  private static String reason(Exception e) {
    return e instanceof InputException ? String.valueOf(e.getMessage()) : e.toString();
  }

  // ---- disk

  /** Frees what a row that is evaluated no longer needs. */
  private void tidy(TrainedRow training) {
    Path run = config.out().resolve(training.dir());
    Optional<Path> last = training.checkpoint().map(config.out()::resolve);
    if (config.keep() == Keep.LOG) {
      RunDirectory.deleteCheckpoints(run, Optional.empty());
    } else if (config.keep() == Keep.MODEL) {
      RunDirectory.deleteCheckpoints(run, last);
      last.ifPresent(RunDirectory::deleteOptimizer);
    }
  }
}
