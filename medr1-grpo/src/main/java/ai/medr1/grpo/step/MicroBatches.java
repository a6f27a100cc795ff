package ai.medr1.grpo.step;

import ai.djl.engine.EngineException;
import ai.medr1.core.InputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Cuts a step into parts that are scored and differentiated together: the longest sequences first,
 * so that memory which does not suffice shows at once. Gradients add up, so a cut changes nothing
 * but their rounding.
 *
 * <p>When the engine runs out of memory, the step's gradient begins anew with parts of half the
 * size, once in a run.
 */
public final class MicroBatches {
  private static final Logger LOG = LoggerFactory.getLogger(MicroBatches.class);
  private static final String REMEDY =
      "lower batch, batchTokens, group or the length of completions, or set load.recompute, load.lora.rank or load.dtype: bfloat16";

  private final long tokens;
  private int prompts;
  private boolean halved;

  /** A prompt with its completions. */
  public interface Sequences {
    /** Tokens of the prompt P. */
    int promptLength();

    /** Completions G. */
    int count();

    /** Tokens of the longest completion L. */
    int longest();

    /** Tokens when all completions are padded to the longest: P + G · L. */
    default long padded() {
      return promptLength() + (long) count() * longest();
    }
  }

  /**
   * Cuts steps.
   *
   * @param prompts of a part at most
   * @param tokens of a part at most, padding included, 0 for any number; a single prompt may have
   *     more
   */
  public MicroBatches(int prompts, long tokens) {
    this.prompts = prompts;
    this.tokens = tokens;
  }

  /** The parts of a step. */
  <T extends Sequences> List<List<T>> of(List<T> step) {
    List<T> sorted = new ArrayList<>(step);
    sorted.sort(Comparator.comparingLong(Sequences::padded).reversed());
    List<List<T>> parts = new ArrayList<>();
    List<T> part = new ArrayList<>();
    for (T next : sorted) {
      if (!part.isEmpty() && !fits(part, next)) {
        parts.add(part);
        part = new ArrayList<>();
      }
      part.add(next);
    }
    if (!part.isEmpty()) {
      parts.add(part);
    }
    return parts;
  }

  private <T extends Sequences> boolean fits(List<T> part, T next) {
    int prompt = next.promptLength();
    int longest = next.longest();
    for (T member : part) {
      prompt = Math.max(prompt, member.promptLength());
      longest = Math.max(longest, member.longest());
    }
    long padded = (part.size() + 1) * (prompt + (long) next.count() * longest);
    return part.size() < prompts && (tokens == 0 || padded <= tokens);
  }

  /**
   * Does the work of a step, again with smaller parts if memory runs out.
   *
   * @param undo takes back what an unfinished step has added up
   */
  public <T extends Sequences, R> R run(
      List<T> step, Function<List<List<T>>, R> work, Runnable undo) {
    List<List<T>> parts = of(step);
    try {
      return work.apply(parts);
    } catch (EngineException e) {
      undo.run();
      halve(parts.stream().mapToInt(List::size).max().orElse(0), e);
      return run(step, work, undo);
    }
  }

  private void halve(int largest, EngineException e) {
    if (!outOfMemory(e)) {
      throw e;
    }
    if (halved || largest < 2) {
      throw tooLarge("a micro-batch of " + largest, e);
    }
    halved = true;
    prompts = largest / 2;
    LOG.warn(
        "out of memory with a micro-batch of {} prompts; the step begins again and the run goes on with {} at most. To save the time, {}",
        largest,
        prompts,
        REMEDY);
  }

  /** What a user can do about memory that ran out. */
  static InputException tooLarge(String what, EngineException e) {
    return new InputException(
        "out of memory with %s: %s (%s)".formatted(what, REMEDY, firstLine(e)), e);
  }

  /** The engine has no class of its own for this. */
  static boolean outOfMemory(EngineException e) {
    String message = String.valueOf(e.getMessage()).toLowerCase(Locale.ROOT);
    return message.contains("out of memory") || message.contains("not enough memory");
  }

  private static String firstLine(EngineException e) {
    return String.valueOf(e.getMessage())
        .lines()
        .filter(line -> line.toLowerCase(Locale.ROOT).contains("memory"))
        .findFirst()
        .orElse("");
  }
}
