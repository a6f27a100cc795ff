package ai.medr1.grpo.experiment;

import ai.medr1.core.Folders;
import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import ai.medr1.core.JsonLines;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The directories of training runs that are over. */
final class RunDirectory {
  private RunDirectory() {}

  /** What all steps of the run took, by its log. */
  static double seconds(Path run) {
    try (Stream<ObjectNode> rows = JsonLines.read(run.resolve("metrics.jsonl"))) {
      return rows.mapToDouble(row -> row.path("step_time").asDouble()).sum();
    }
  }

  /** Deletes the checkpoints of a run but one. */
  static void deleteCheckpoints(Path run, Optional<Path> kept) {
    try (Stream<Path> entries = Files.list(run)) {
      List<Path> old =
          entries
              .filter(entry -> String.valueOf(entry.getFileName()).startsWith("checkpoint-"))
              .filter(entry -> !Optional.of(entry).equals(kept))
              .toList();
      for (Path checkpoint : old) {
        Folders.delete(checkpoint);
      }
    } catch (IOException e) {
      throw new InputException("cannot delete checkpoints of " + run + ": " + IoReason.of(e), e);
    }
  }

  /** A model remains that can be evaluated and trained on, but not resumed. */
  static void deleteOptimizer(Path checkpoint) {
    try {
      Files.deleteIfExists(checkpoint.resolve("optimizer.safetensors"));
      Files.deleteIfExists(checkpoint.resolve("trainer_state.json"));
    } catch (IOException e) {
      throw new InputException(
          "cannot delete the optimizer of " + checkpoint + ": " + IoReason.of(e), e);
    }
  }
}
