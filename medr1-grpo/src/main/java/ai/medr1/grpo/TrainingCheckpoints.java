package ai.medr1.grpo;

import ai.medr1.core.Folders;
import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import ai.medr1.core.checkpoint.Manifest;
import ai.medr1.core.model.QwenVl;
import ai.medr1.grpo.config.ConfigFile;
import ai.medr1.grpo.config.TrainingConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of a run: directories {@code checkpoint-STEP} with the model in the Hugging Face
 * layout, or adapters alone in PEFT's, {@code optimizer.safetensors}, {@code trainer_state.json},
 * {@code config.yaml}, a card, and a {@link Manifest} of these.
 *
 * <p>A checkpoint is written under another name and takes its own when it is complete and on disk;
 * older ones are deleted only then.
 *
 * @param run directory of the run
 * @param keep how many of the newest stay
 * @param inUse a checkpoint that stays as well: the weights of a resumed run may be mapped from it
 */
record TrainingCheckpoints(Path run, int keep, Optional<Path> inUse) {
  private static final Logger LOG = LoggerFactory.getLogger(TrainingCheckpoints.class);
  private static final String STATE = "trainer_state.json";
  private static final Pattern NAME = Pattern.compile("checkpoint-(\\d{1,18})");
  private static final String UNFINISHED = ".unfinished";
  private static final Pattern LEFT_OVER =
      Pattern.compile("\\.?checkpoint-\\d+\\.(unfinished|new|old)\\b.*");

  /**
   * Writes a checkpoint, whole, even if the thread is interrupted meanwhile.
   *
   * @param metrics of its last step, for the card
   */
  Path write(QwenVl model, TrainerState state, TrainingConfig config, Map<String, Double> metrics) {
    Path target = run.resolve("checkpoint-" + state.step());
    boolean interrupted = Thread.interrupted();
    try {
      while (true) {
        try {
          writeOnce(model, state, config, metrics, target);
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

  private void writeOnce(
      QwenVl model,
      TrainerState state,
      TrainingConfig config,
      Map<String, Double> metrics,
      Path target)
      throws IOException {
    Path unfinished = run.resolve(target.getFileName() + UNFINISHED);
    Folders.delete(unfinished);
    if (model.hasAdapters()) {
      model.saveAdapter(unfinished);
    } else {
      model.save(unfinished);
    }
    model.learner().saveOptimizer(unfinished.resolve("optimizer.safetensors"));
    ConfigFile.write((Record) config, unfinished.resolve("config.yaml"));
    ModelCard.write(unfinished, config, model.hasAdapters(), state, metrics);
    state.write(unfinished.resolve(STATE));
    Manifest.write(unfinished);
    Folders.delete(target);
    Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
    Manifest.syncFolder(run);
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

  /**
   * The newest checkpoint whose files are as they were written; those before which it had to step
   * back are told. Empty before the first checkpoint.
   *
   * @throws InputException if none of those that there are can be used
   */
  static Optional<Path> newestWhole(Path run) {
    List<Path> all = all(run);
    for (int i = all.size() - 1; i >= 0; i--) {
      Path checkpoint = all.get(i);
      try {
        Manifest.checkAll(checkpoint);
        TrainerState state = TrainerState.read(checkpoint.resolve(STATE));
        if (state.step() != step(checkpoint)) {
          throw new InputException(
              "%s is that of step %d, but lies in %s; take another checkpoint"
                  .formatted(STATE, state.step(), checkpoint));
        }
        return Optional.of(checkpoint);
      } catch (InputException e) {
        if (i == 0) {
          throw e;
        }
        LOG.warn("the run goes on from the checkpoint before: {}", e.getMessage());
      }
    }
    return Optional.empty();
  }

  static TrainerState state(Path checkpoint, TrainerState.Course course) {
    return TrainerState.read(checkpoint.resolve(STATE), course);
  }

  /** Deletes what writes left that a kill cut. The directory is locked: nobody else writes. */
  void deleteLeftOver() {
    try (Stream<Path> entries = Files.list(run)) {
      for (Path entry : entries.filter(e -> LEFT_OVER.matcher(name(e)).matches()).toList()) {
        Folders.delete(entry);
      }
    } catch (IOException e) {
      LOG.warn("what an earlier write left in {} cannot be deleted: {}", run, IoReason.of(e));
    }
  }

  static void loadOptimizer(QwenVl model, Path checkpoint) {
    model.learner().loadOptimizer(checkpoint.resolve("optimizer.safetensors"));
  }

  private void deleteOldest(long best) throws IOException {
    List<Path> all = all(run);
    for (Path old : all.subList(0, Math.max(0, all.size() - keep))) {
      if (!inUse.equals(Optional.of(old)) && step(old) != best) {
        Folders.delete(old);
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
}
