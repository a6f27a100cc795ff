package ai.medr1.grpo;

import ai.medr1.core.InputException;
import ai.medr1.core.image.PixelValues;
import ai.medr1.core.text.Processor;
import ai.medr1.core.text.Prompt;
import ai.medr1.core.text.Tokenizer;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.PromptThreads;
import ai.medr1.eval.VqaPrompts;
import ai.medr1.grpo.config.DataConfig;
import ai.medr1.grpo.schedule.DataOrder;
import ai.medr1.grpo.step.Question;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.function.IntFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The questions of every step. A few threads make the prompts of the steps that come next, while
 * the model works; what is wrong with an item is told in the step that asks it.
 *
 * <p>Prompts are made at most {@link #STEPS_AHEAD} steps ahead. Where items come again, prompts are
 * kept for that, as many as fit into a quarter of the Java heap.
 *
 * <p>Its methods are called by one thread.
 */
final class Questions implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Questions.class);
  private static final int STEPS_AHEAD = 2;

  /** Prompts that may wait beside those of the current step: some hundred megabytes of images. */
  private static final int MOST_AHEAD = 64;

  private final List<VqaItem> items;
  private final DataConfig config;
  private final DataOrder order;
  private final long steps;
  private final Processor processor;
  private final VqaPrompts prompts;
  private final PromptThreads threads = new PromptThreads();
  private final Map<Integer, Prompt> kept = new HashMap<>();
  private long keepBytes;
  private Map<Integer, Future<Prompt>> making = new HashMap<>();

  /**
   * Opens the processor of a checkpoint for these items.
   *
   * @param order which items every step sees
   * @param steps of the whole run
   */
  Questions(List<VqaItem> items, DataOrder order, long steps, Path model, DataConfig config) {
    this.items = items;
    this.config = config;
    this.order = order;
    this.steps = steps;
    this.keepBytes =
        steps * order.perStep() > items.size() ? Runtime.getRuntime().maxMemory() / 4 : 0;
    this.processor = config.processor(model);
    this.prompts = config.prompts(processor);
  }

  /**
   * The questions of a step, without those that cannot be asked. Steps are asked for in their
   * order; the first may come again.
   */
  List<Question> at(long step) {
    int[] indices = order.at(step);
    makeAhead(step, indices);
    List<Question> questions = new ArrayList<>();
    for (int place = 0; place < indices.length; place++) {
      int of = place;
      int index = indices[place];
      prompt(index).ifPresent(prompt -> questions.add(new Question(of, items.get(index), prompt)));
    }
    return questions;
  }

  /**
   * Other questions for a step, as many as it asks for each time: items of another order of the
   * data, which follows from seed and step. Those that cannot be asked are left out.
   */
  IntFunction<List<Question>> others(long step) {
    DataOrder other = new DataOrder(items.size(), 1, true, order.seed() + 1);
    int[] given = {0};
    return count -> {
      List<Question> questions = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        int index = other.at(step * order.perStep() + given[0])[0];
        int place = order.perStep() + given[0]++;
        making.computeIfAbsent(index, this::begin);
        prompt(index).ifPresent(p -> questions.add(new Question(place, items.get(index), p)));
      }
      return questions;
    };
  }

  /** The first questions of a run, and no others. */
  List<Question> first(int count) {
    return at(0).stream().limit(count).toList();
  }

  /** Questions from all over the data, without those that cannot be asked. */
  List<Question> sample(int count) {
    Map<VqaItem, Future<Prompt>> begun = new LinkedHashMap<>();
    for (int i = 0; i < Math.min(count, items.size()); i++) {
      VqaItem item = items.get((int) ((long) i * items.size() / count));
      begun.computeIfAbsent(item, one -> threads.submit(() -> prompts.of(one)));
    }
    List<Question> questions = new ArrayList<>();
    begun.forEach(
        (item, prompt) -> {
          try {
            questions.add(new Question(0, item, PromptThreads.result(prompt)));
          } catch (InputException e) {
            LOG.debug("left out of the plan", e); // told when it is asked
          }
        });
    return questions;
  }

  /** How many images of so many bytes each wait or are kept at most. */
  long held(long bytes) {
    long ahead = Math.min((long) STEPS_AHEAD * order.perStep(), MOST_AHEAD);
    return order.perStep() + ahead + Math.min(items.size(), keepBytes / bytes);
  }

  /** Makes the prompts. */
  VqaPrompts prompts() {
    return prompts;
  }

  Tokenizer tokenizer() {
    return processor.tokenizer();
  }

  /** Begins what is missing of this step and the next ones, and lets go of what is behind. */
  private void makeAhead(long step, int[] now) {
    Map<Integer, Future<Prompt>> window = new HashMap<>();
    addTo(window, now);
    int limit = window.size() + MOST_AHEAD;
    for (long next = step + 1; next < Math.min(steps, step + 1 + STEPS_AHEAD); next++) {
      if (window.size() + order.perStep() > limit) {
        break;
      }
      addTo(window, order.at(next));
    }
    making = window;
  }

  private void addTo(Map<Integer, Future<Prompt>> window, int[] indices) {
    for (int index : indices) {
      Future<Prompt> begun = making.get(index);
      window.computeIfAbsent(index, i -> begun != null ? begun : begin(i));
    }
  }

  private Future<Prompt> begin(int index) {
    Prompt known = kept.get(index);
    return known != null
        ? CompletableFuture.completedFuture(known)
        : threads.submit(() -> prompts.of(items.get(index)));
  }

  private Optional<Prompt> prompt(int index) {
    try {
      Prompt prompt = PromptThreads.result(begun(index));
      keep(index, prompt);
      return Optional.of(prompt);
    } catch (InputException e) {
      if (config.badItems() != DataConfig.BadItems.SKIP) {
        throw e;
      }
      LOG.warn("item {} is skipped: {}", items.get(index).id(), e.getMessage());
      return Optional.empty();
    }
  }

  private Future<Prompt> begun(int index) {
    Future<Prompt> future = making.get(index);
    if (future == null) {
      throw new IllegalStateException("item " + index + " was not begun");
    }
    return future;
  }

  private void keep(int index, Prompt prompt) {
    long bytes = 0;
    for (PixelValues image : prompt.images()) {
      bytes += (long) Float.BYTES * image.values().length;
    }
    if (!kept.containsKey(index) && bytes <= keepBytes) {
      kept.put(index, prompt);
      keepBytes -= bytes;
    }
  }

  @Override
  public void close() {
    threads.close();
    if (threads.ended()) { // the tokenizer is native memory: no thread may be at it when it goes
      processor.close();
    }
  }
}
