package ai.medr1.grpo;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import ai.medr1.core.model.QwenVl;
import ai.medr1.grpo.config.ConfigFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The checkpoints of a run: directories {@code checkpoint-STEP} with the model in the Hugging Face
 * layout, or adapters alone in PEFT's, {@code optimizer.safetensors}, {@code trainer_state.json}
 * and {@code config.yaml}.
 *
 * <p>A checkpoint is written under another name and takes its own when it is complete; older ones
 * are deleted only then.
 *
 * @param run directory of the run
 * @param keep how many of the newest stay
 * @param inUse a checkpoint that stays as well: the weights of a resumed run may be mapped from it
 */
record TrainingCheckpoints(Path run, int keep, Optional<Path> inUse) {
  private static final Pattern NAME = Pattern.compile("checkpoint-(\\d+)");
  private static final String UNFINISHED = ".unfinished";

  /** Writes a checkpoint, whole, even if the thread is interrupted meanwhile. */
  Path write(QwenVl model, TrainerState state, Record config) {
    Path target = run.resolve("checkpoint-" + state.step());
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          writeOnce(model, state, config, target);
          return target;
        } catch (ClosedByInterruptException e) {
          Thread.interrupted();
          interrupted = true;
        }
      }
    } catch (IOException e) {
      throw new InputException("cannot write the checkpoint " + target + ": " + IoReason.of(e), e);
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void writeOnce(QwenVl model, TrainerState state, Record config, Path target)
      throws IOException {
    Path unfinished = run.resolve(target.getFileName() + UNFINISHED);
    delete(unfinished);
    if (model.hasAdapters()) {
      model.saveAdapter(unfinished);
    } else {
      model.save(unfinished);
    }
    model.learner().saveOptimizer(unfinished.resolve("optimizer.safetensors"));
    ConfigFile.write(config, unfinished.resolve("config.yaml"));
    state.write(unfinished.resolve("trainer_state.json"));
    delete(target);
    Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    deleteOldest(state.heldOut().bestStep());
  }

  Optional<Path> newest() {
    return newest(run);
  }

  /** The checkpoint of a step, empty where there is none. */
  Optional<Path> of(long step) {
    return all(run).stream().filter(checkpoint -> step(checkpoint) == step).findFirst();
  }

  /** The newest checkpoint of a run, empty before the first. */
  static Optional<Path> newest(Path run) {
    List<Path> all = all(run);
    return all.isEmpty() ? Optional.empty() : Optional.of(all.get(all.size() - 1));
  }

  static TrainerState state(Path checkpoint, TrainerState.Course course) {
    return TrainerState.read(checkpoint.resolve("trainer_state.json"), course);
  }

  static void loadOptimizer(QwenVl model, Path checkpoint) {
    model.learner().loadOptimizer(checkpoint.resolve("optimizer.safetensors"));
  }

  private void deleteOldest(long best) throws IOException {
    List<Path> all = all(run);
    for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
      if (!inUse.equals(Optional.of(old)) && step(old) != best) {
        delete(old);
      }
    }
  }

  /** In the order of their steps. */
  private static List<Path> all(Path run) {
    if (!Files.isDirectory(run)) {
      return List.of();
    }
    try (Stream<Path> entries = Files.list(run)) {
      return entries
          .filter(entry -> NAME.matcher(name(entry)).matches())
          .sorted(Comparator.comparingLong(TrainingCheckpoints::step))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long step(Path checkpoint) {
    return Long.parseLong(name(checkpoint).replaceAll("\\D", ""));
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }

  private static void delete(Path directory) throws IOException {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> tree = Files.walk(directory)) {
      for (Path path : tree.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
