package ai.medr1.report;

import ai.medr1.core.InputException;
import ai.medr1.grpo.experiment.MatrixFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** Something that a report is made of. */
sealed interface RunInput permits EvaluationRun, ExperimentRun, Published, Training {
  /** What the page calls it. */
  String name();

  /** For the gallery. */
  List<Example> examples();

  Settings settings();

  /**
   * Reads a directory or a file, which its content tells the kind of.
   *
   * @throws InputException if it is none that a report can be made of
   */
  static RunInput read(String name, Path path) {
    if (Files.isRegularFile(path)) {
      return Published.read(name, path);
    }
    if (has(path, MatrixFile.NAME) || has(path, "experiment.yaml")) {
      return ExperimentRun.read(name, path);
    }
    if (has(path, EvaluationRun.ROWS)) {
      return EvaluationRun.read(name, path);
    }
    if (has(path, Training.ROWS) || has(path, "config.yaml")) {
      return Training.read(name, path);
    }
    throw new InputException(
        ("%s: expected the directory of an experiment (matrix.json), of an evaluation (items.jsonl)"
                + " or of a training run (metrics.jsonl, config.yaml), or a JSON file with matrices;"
                + " found %s")
            .formatted(path, Files.exists(path) ? "none of these files in it" : "nothing there"));
  }

  /** Whether a directory has the files of a run. */
  static boolean isRun(Path directory) {
    return Stream.of(MatrixFile.NAME, "experiment.yaml", EvaluationRun.ROWS, Training.ROWS)
        .anyMatch(file -> has(directory, file));
  }

  private static boolean has(Path directory, String file) {
    return Files.isRegularFile(directory.resolve(file));
  }
}
