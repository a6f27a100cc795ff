package ai.medr1.grpo.experiment;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The directories of training runs that are over. */
final class RunDirectory {
  private static final ObjectMapper JSON = new ObjectMapper();

  private RunDirectory() {}

  /** What all steps of the run took, by its log. */
  static double seconds(Path run) {
    Path log = run.resolve("metrics.jsonl");
    try (Stream<String> lines = Files.lines(log)) {
      return lines.mapToDouble(RunDirectory::stepTime).sum();
    } catch (UncheckedIOException e) {
      throw new InputException("cannot read " + log + ": " + IoReason.of(e), e);
    } catch (IOException e) {
      throw new InputException("cannot read " + log + ": " + IoReason.of(e), e);
    }
  }

  private static double stepTime(String row) {
    try {
      return JSON.readTree(row).path("step_time").asDouble();
    } catch (JsonProcessingException e) {
      throw new UncheckedIOException(e);
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
        deleteTree(checkpoint);
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

  private static void deleteTree(Path directory) throws IOException {
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
