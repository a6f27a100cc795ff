package ai.medr1.grpo;

import ai.medr1.core.InputException;
import ai.medr1.core.JsonFile;
import ai.medr1.data.VqaItem;
import ai.medr1.grpo.schedule.DataOrder;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Where a run stands, beside its weights and the state of the optimizer. Everything random is a
 * function of the seed and the step, so there is no generator to keep.
 *
 * @param step optimizer steps that are done
 * @param tokens tokens seen, prompts counted once per completion
 * @param badInRow steps just now whose loss or gradient was not finite
 * @param heldOut what evaluations on held-out items have said so far
 * @param course what the order of the data follows from
 */
record TrainerState(long step, long tokens, int badInRow, HeldOut heldOut, Course course) {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * What must not change when a run is resumed.
   *
   * @param items digest of the ids of all items in their order
   */
  record Course(long seed, boolean shuffle, int itemsPerStep, int itemCount, String items) {

    static Course of(DataOrder order, List<VqaItem> items) {
      String ids = items.stream().map(VqaItem::id).collect(Collectors.joining("\n"));
      byte[] digest = sha256().digest(ids.getBytes(StandardCharsets.UTF_8));
      return new Course(
          order.seed(),
          order.shuffle(),
          order.perStep(),
          order.items(),
          HexFormat.of().formatHex(digest, 0, 8));
    }

    private static MessageDigest sha256() {
      try {
        return MessageDigest.getInstance("SHA-256");
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /**
   * Evaluations on held-out items.
   *
   * @param step after which the last one was made, -1 before the first
   * @param bestStep of the best one, -1 before the first
   * @param best its value
   * @param since evaluations since then
   */
  record HeldOut(long step, long bestStep, double best, int since) {
    static final HeldOut NONE = new HeldOut(-1, -1, 0, 0);

    /** After another evaluation; one that is as good as the best comes too late to be it. */
    HeldOut next(long at, double value) {
      return bestStep < 0 || value > best
          ? new HeldOut(at, at, value, 0)
          : new HeldOut(at, bestStep, best, since + 1);
    }
  }

  TrainerState {
    heldOut = Objects.requireNonNullElse(heldOut, HeldOut.NONE); // states of runs without any
  }

  static TrainerState start(Course course) {
    return new TrainerState(0, 0, 0, HeldOut.NONE, course);
  }

  /** After one more step, with all tokens that have been seen by then. */
  TrainerState next(long tokensSeen, boolean bad) {
    return new TrainerState(step + 1, tokensSeen, bad ? badInRow + 1 : 0, heldOut, course);
  }

  /** After an evaluation on held-out items. */
  TrainerState evaluated(double value) {
    return new TrainerState(step, tokens, badInRow, heldOut.next(step, value), course);
  }

  void write(Path file) throws IOException {
    JSON.writerWithDefaultPrettyPrinter().writeValue(file.toFile(), this);
  }

  /** The state in a file, if it belongs to a run with this course. */
  static TrainerState read(Path file, Course course) {
    TrainerState state = read(file);
    if (!state.course.equals(course)) {
      throw new InputException(
          "%s: the run was started with %s and would be resumed with %s; use the same data, seed, batch and accumulation, or start a new run"
              .formatted(file, state.course, course));
    }
    return state;
  }

  /**
   * The state in a file, of whatever run.
   *
   * @throws InputException if it is missing, or holds no state
   */
  static TrainerState read(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new InputException(
          file + " is missing: this is a model, but no training checkpoint to resume from");
    }
    TrainerState state = parse(file);
    if (state == null || state.course == null || state.step < 0 || state.tokens < 0) {
      throw new InputException(
          "%s is no training state: expected step and tokens of 0 or more and a course, found %s; take another checkpoint"
              .formatted(file, state == null ? "nothing" : state));
    }
    return state;
  }

  private static @Nullable TrainerState parse(Path file) {
    try {
      return JSON.treeToValue(JsonFile.read(file), TrainerState.class);
    } catch (JsonProcessingException e) {
      throw new InputException(
          file + " cannot be read as a training state: " + e.getOriginalMessage(), e);
    }
  }
}
