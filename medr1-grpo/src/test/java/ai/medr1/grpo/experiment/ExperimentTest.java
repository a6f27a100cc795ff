package ai.medr1.grpo.experiment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.DirectoryLock;
import ai.medr1.core.InputException;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.RandomCheckpoint;
import ai.medr1.core.checkpoint.Shape;
import ai.medr1.core.config.Family;
import ai.medr1.data.Modality;
import ai.medr1.data.Part;
import ai.medr1.data.Splits;
import ai.medr1.data.phantom.PhantomConfig;
import ai.medr1.data.phantom.Phantoms;
import ai.medr1.eval.Evaluator;
import ai.medr1.eval.ItemRows;
import ai.medr1.eval.Score;
import ai.medr1.grpo.config.ExperimentConfig;
import ai.medr1.grpo.metrics.StepReport;
import ai.medr1.grpo.metrics.TrainingListener;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExperimentTest {
  private static final String VARIANTS =
      """
      variants:
        - {name: untrained, train: none}
        - {name: grpo, train: grpo}
        - {name: sft, train: sft, prompt: no-think, set: [optimizer.learningRate=1e-3]}
      """;

  @TempDir Path dir;

  @BeforeEach
  void drawAndInit() throws IOException {
    PhantomConfig few = PhantomConfig.of(1, 1, 1).withImageSize(56);
    Phantoms.generate(few, dir.resolve("phantoms"));
    new RandomCheckpoint(Shape.SMOKE, Family.QWEN2_VL, Optional.empty(), DType.F32, 1)
        .write(dir.resolve("model"));
  }

  @Test
  void doesEveryCellAndNothingTwice() throws IOException {
    Counter first = new Counter();
    Matrix matrix = Experiment.open(config("out")).run(first);

    assertThat(matrix.count(State.DONE)).isEqualTo(matrix.cells().size()).isEqualTo(2 + 4 + 4);
    assertThat(first.trainings).containsExactly("grpo CT", "grpo MRI", "sft CT", "sft MRI");
    assertThat(first.cells).hasSize(10);
    assertThat(matrix.cells())
        .allSatisfy(cell -> assertThat(cell.score().orElseThrow().n()).isEqualTo(5))
        .allSatisfy(
            cell -> assertThat(dir.resolve("out/" + cell.dir() + "/items.jsonl")).isNotEmptyFile());
    assertThat(MatrixFile.read(dir.resolve("out/matrix.json"))).isEqualTo(matrix);
    assertThat(dir.resolve("out/eval/untrained/base/CT/items.jsonl"))
        .content()
        .contains("\"leaked\":null");
    assertThat(dir.resolve("out/eval/grpo/MRI/CT/items.jsonl"))
        .content()
        .contains("\"leaked\":false");
    assertThat(dir.resolve("out/eval/grpo/MRI/CT/environment.json")).isNotEmptyFile();

    Counter second = new Counter();
    Matrix again = Experiment.open(config("out")).run(second);

    assertThat(again).isEqualTo(matrix);
    assertThat(second.trainings).isEmpty();
    assertThat(second.cells).isEmpty();
  }

  @Test
  void goesOnWhereItWasCut() throws IOException {
    Counter cut = new Counter();
    cut.cellsBeforeCut = 5; // in the middle of the second row of grpo
    assertThatThrownBy(() -> Experiment.open(config("cut")).run(cut)).isInstanceOf(Cut.class);
    assertThat(MatrixFile.read(dir.resolve("cut/matrix.json")).count(State.DONE)).isEqualTo(5);

    Counter rest = new Counter();
    Matrix matrix = Experiment.open(config("cut")).run(rest);

    assertThat(rest.trainings).containsExactly("sft CT", "sft MRI");
    assertThat(rest.cells).hasSize(5).doesNotContainAnyElementsOf(cut.cells);
    Matrix whole = Experiment.open(config("whole")).run(new Counter());
    assertThat(matrix.cells()).extracting(Cell::score).isEqualTo(scores(whole));
  }

  @Test
  void aCellThatWasCutGoesOnWithTheItemsThatAreLeft() throws IOException {
    Counter cut = new Counter();
    cut.itemsBeforeCut = 2;
    String half = "evaluate.batch=2";
    assertThatThrownBy(() -> Experiment.open(config("cut", half)).run(cut)).isInstanceOf(Cut.class);
    String cell = "eval/untrained/base/CT/";
    Path rows = dir.resolve("cut/" + cell + "items.jsonl");
    assertThat(rows).content().hasLineCount(2);
    assertThat(dir.resolve("cut/" + cell + "summary.json")).doesNotExist();
    spend(90, dir.resolve("cut/matrix.json"));

    Counter rest = new Counter();
    Matrix matrix = Experiment.open(config("cut", half)).run(rest);

    assertThat(rest.items).startsWith("untrained CT 3/5", "untrained CT 4/5", "untrained CT 5/5");
    Matrix whole = Experiment.open(config("whole")).run(new Counter());
    assertThat(matrix.cells()).extracting(Cell::score).isEqualTo(scores(whole));
    assertThat(ids(rows)).isEqualTo(ids(dir.resolve("whole/" + cell + "items.jsonl")));
    assertThat(matrix.cells().get(0).seconds()).isGreaterThan(90);
  }

  /** As if the cell that was running had taken as long when it was cut. */
  private static void spend(double seconds, Path matrix) {
    Matrix cut = MatrixFile.read(matrix);
    Cell running =
        cut.cells().stream().filter(c -> c.state() == State.RUNNING).findFirst().orElseThrow();
    MatrixFile.write(cut.with(running.running(seconds)), matrix);
  }

  private static List<String> ids(Path rows) {
    return ItemRows.read(rows).stream().map(row -> row.item().id()).toList();
  }

  @Test
  void aTrainingThatWasCutGoesOnFromItsCheckpoint() throws IOException {
    Counter cut = new Counter();
    cut.stepsBeforeCut = 2;
    assertThatThrownBy(() -> Experiment.open(config("cut")).run(cut)).isInstanceOf(Cut.class);
    assertThat(cut.steps).containsExactly(1L, 2L);

    Counter rest = new Counter();
    Experiment.open(config("cut")).run(rest);

    // Cut after step 2, before its checkpoint.
    assertThat(rest.steps).startsWith(2L, 3L, 1L, 2L, 3L);
    assertThat(dir.resolve("cut/train/grpo/CT/metrics.jsonl")).content().hasLineCount(3);
  }

  @Test
  void anInterruptEndsItWithoutAFailure() throws IOException {
    Counter cut = new Counter();
    cut.interrupts = true;
    cut.itemsBeforeCut = 2;
    Matrix first = Experiment.open(config("cut", "evaluate.batch=2")).run(cut);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(first.cells().get(0).state()).isEqualTo(State.RUNNING);
    assertThat(first.count(State.FAILED)).isZero();
    assertThat(cut.trainings).isEmpty();
    assertThat(dir.resolve("cut/eval/untrained/base/CT/items.jsonl")).content().hasLineCount(2);

    Counter later = new Counter();
    later.interrupts = true;
    later.stepsBeforeCut = 2;
    Matrix second = Experiment.open(config("cut", "evaluate.batch=2")).run(later);

    assertThat(Thread.interrupted()).isTrue();
    assertThat(later.items).startsWith("untrained CT 3/5");
    assertThat(second.count(State.DONE)).isEqualTo(2); // the untrained model on CT and MRI
    assertThat(second.count(State.FAILED)).isZero();
    assertThat(later.trainings).containsExactly("grpo CT");
    assertThat(dir.resolve("cut/train/grpo/CT/checkpoint-2")).isDirectory();
  }

  @Test
  void aCellThatFailsIsRecordedAndTriedAgain() throws IOException {
    Path image =
        Path.of(
            Splits.load(dir.resolve("phantoms"))
                .byModality(Part.TEST)
                .modalities(EnumSet.of(Modality.MRI))
                .items()
                .get(0)
                .imageFile());
    Path hidden = image.resolveSibling("hidden");
    Files.move(image, hidden);

    Matrix matrix = Experiment.open(config("out")).run(new Counter());

    assertThat(matrix.cells())
        .allSatisfy(
            cell ->
                assertThat(cell.state())
                    .isEqualTo(cell.column().equals("MRI") ? State.FAILED : State.DONE));
    assertThat(MatrixTable.of(matrix))
        .contains("5 cells done, 5 failed")
        .contains("failed: grpo CT: ")
        .contains(image.getFileName().toString());

    Files.move(hidden, image);
    Counter rest = new Counter();
    assertThat(Experiment.open(config("out")).run(rest).count(State.DONE)).isEqualTo(10);
    assertThat(rest.trainings).isEmpty();
    assertThat(rest.cells).hasSize(5).allMatch(cell -> cell.endsWith("MRI"));
  }

  @Test
  void aTrainingThatFailsFailsItsRow() throws IOException {
    Path split = file(dir.resolve("phantoms/modality/train"), "Mag-netic");
    Files.writeString(split, Files.readString(split).replace(".png", ".gone"));

    Matrix matrix = Experiment.open(config("out")).run(new Counter());

    assertThat(matrix.cells())
        .allSatisfy(
            cell ->
                assertThat(cell.state() == State.FAILED)
                    .isEqualTo(cell.row().equals(Optional.of("MRI"))));
    assertThat(matrix.training("grpo", Optional.of("MRI")).orElseThrow().error())
        .hasValueSatisfying(why -> assertThat(why).contains(".gone"));
  }

  @Test
  void aMissingSplitIsToldBeforeAnythingIsDone() throws IOException {
    Files.delete(file(dir.resolve("phantoms/modality/train"), "Mag-netic"));

    assertThatThrownBy(() -> Experiment.open(config("out")))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("data.splits: " + dir.resolve("phantoms/modality/train"))
        .hasMessageContainingAll("no items of MRI", "found only CT", "set names");
    String untrained = "variants:\n  - {name: untrained, train: none}\n";
    assertThat(Experiment.open(read(untrained, "out")).size(Part.TEST, "MRI")).isEqualTo(5);
  }

  @Test
  void otherSettingsAreRefusedByName() throws IOException {
    Experiment.open(config("out")).run(new Counter());

    assertThatThrownBy(() -> Experiment.open(config("out", "grpo.group=2")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("experiment.yaml")
        .hasMessageContaining("another value of grpo.group");
    assertThatThrownBy(() -> Experiment.open(read(VARIANTS.replace("1e-3", "1e-4"), "out")))
        .hasMessageContaining("variants (sft)");
  }

  @Test
  void namesAndVariantsCanBeAdded() throws IOException {
    Experiment.open(config("out")).run(new Counter());

    String more = VARIANTS + "  - {name: zero-shot, train: none, prompt: zero-shot}\n";
    Counter rest = new Counter();
    Matrix matrix =
        Experiment.open(read(more, "out", "names=[ct,mri,oct]", "evaluate.batch=2")).run(rest);

    assertThat(matrix.names()).containsExactly("CT", "MRI", "OCT");
    assertThat(matrix.count(State.DONE)).isEqualTo(3 + 9 + 9 + 3);
    assertThat(rest.trainings).containsExactly("grpo OCT", "sft OCT");
    assertThat(rest.cells).hasSize(24 - 10);
  }

  @Test
  void keepsWhatIsAskedFor() throws IOException {
    Path run = Path.of("train/grpo/CT");
    Experiment.open(config("model")).run(new Counter());
    assertThat(names(dir.resolve("model").resolve(run))).contains("checkpoint-3");
    assertThat(names(dir.resolve("model").resolve(run).resolve("checkpoint-3")))
        .contains("model.safetensors")
        .doesNotContain("optimizer.safetensors");

    Experiment.open(config("log", "keep=log")).run(new Counter());
    assertThat(names(dir.resolve("log").resolve(run)))
        .contains("metrics.jsonl")
        .noneMatch(name -> name.startsWith("checkpoint"));

    Experiment.open(config("all", "keep=all")).run(new Counter());
    assertThat(dir.resolve("all").resolve(run).resolve("checkpoint-3/optimizer.safetensors"))
        .exists();
  }

  @Test
  void twoProcessesCannotWorkInOneDirectory() throws IOException {
    DirectoryLock held = DirectoryLock.take(dir.resolve("out"));
    assertThatThrownBy(() -> Experiment.open(config("out")).run(new Counter()))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("is in use");
    held.close();
  }

  private static List<Optional<Score>> scores(Matrix matrix) {
    return matrix.cells().stream().map(Cell::score).toList();
  }

  private ExperimentConfig config(String out, String... settings) throws IOException {
    return read(VARIANTS, out, settings);
  }

  private ExperimentConfig read(String variants, String out, String... settings)
      throws IOException {
    Path file = dir.resolve("config.yaml");
    Files.writeString(
        file,
        """
        model: %s
        kind: modality
        names: [ct, mri]
        data: {splits: %s}
        grpo:
          maxSteps: 3
          group: 3
          sampling: {maxCompletionLength: 4}
          load: {device: cpu}
          checkpoint: {every: 1}
        sft: {maxSteps: 1, batch: 2, accumulation: 1, load: {device: cpu}}
        evaluate: {maxNewTokens: 4, load: {device: cpu}}
        """
                .formatted(dir.resolve("model"), dir.resolve("phantoms"))
            + variants);
    List<String> all = new ArrayList<>(List.of("out=" + dir.resolve(out)));
    all.addAll(List.of(settings));
    return ExperimentConfig.read(file, all);
  }

  private static Path file(Path folder, String part) throws IOException {
    return folder.resolve(
        names(folder).stream().filter(name -> name.contains(part)).findFirst().orElseThrow());
  }

  private static List<String> names(Path folder) throws IOException {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries.map(entry -> entry.getFileName().toString()).toList();
    }
  }

  /** What ends a process, which no study may take for the failure of a cell. */
  private static final class Cut extends Error {
    private static final long serialVersionUID = 1;
  }

  /** Counts what is done, and cuts the study where it is told to. */
  private static final class Counter implements ExperimentListener {
    final List<String> trainings = new ArrayList<>();
    final List<String> cells = new ArrayList<>();
    final List<Long> steps = new ArrayList<>();
    final List<String> items = new ArrayList<>();
    boolean interrupts;
    int itemsBeforeCut = Integer.MAX_VALUE;
    int cellsBeforeCut = Integer.MAX_VALUE;
    int stepsBeforeCut = Integer.MAX_VALUE;

    private void cut() {
      if (!interrupts) {
        throw new Cut();
      }
      Thread.currentThread().interrupt();
    }

    @Override
    public void onTraining(TrainedRow training) {
      trainings.add(training.variant() + " " + training.row());
    }

    @Override
    public List<TrainingListener> trainingListeners() {
      return List.of(
          new TrainingListener() {
            @Override
            public void onStep(StepReport report) {
              steps.add(report.step());
              if (steps.size() == stepsBeforeCut) {
                cut();
              }
            }
          });
    }

    @Override
    public void onProgress(Cell cell, Evaluator.Progress progress) {
      items.add(
          "%s %s %d/%d"
              .formatted(cell.variant(), cell.column(), progress.done(), progress.total()));
      if (progress.done() >= itemsBeforeCut) {
        cut();
      }
    }

    @Override
    public void onCell(Cell cell, Matrix matrix) {
      cells.add(cell.variant() + " " + cell.row() + " " + cell.column());
      if (cells.size() == cellsBeforeCut) {
        cut();
      }
    }
  }
}
