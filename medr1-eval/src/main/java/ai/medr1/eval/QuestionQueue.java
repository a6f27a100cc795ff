package ai.medr1.eval;

import ai.medr1.core.InputException;
import ai.medr1.core.text.Prompt;
import ai.medr1.data.VqaItem;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Questions, the longest prompt first, so that prompts of like length are in the model at the same
 * time and what needs the most memory comes first. A few threads make the prompts that come next
 * while the model works, and no more than that: they hold the pixels of their images.
 */
final class QuestionQueue implements Iterator<Question>, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(QuestionQueue.class);

  private final Answerer model;
  private final List<VqaItem> items;
  private final int ahead;
  private final Consumer<InputException> refused;
  private final PromptThreads threads = new PromptThreads();
  private final Queue<Making> making = new ArrayDeque<>();
  private final List<Integer> asked = new ArrayList<>();
  private Iterator<Integer> waiting = Collections.emptyIterator();
  private @Nullable Question next;

  private record Making(int index, Future<Prompt> prompt) {}

  private record Length(int index, int tokens) {}

  /**
   * @param ahead prompts that are made before they are asked for
   * @param refused gets the error of every item that can't be asked, or ends all by throwing it
   */
  QuestionQueue(Answerer model, List<VqaItem> items, int ahead, Consumer<InputException> refused) {
    this.model = model;
    this.items = items;
    this.ahead = ahead;
    this.refused = refused;
  }

  /**
   * Finds the order of the items and begins with the first.
   *
   * @param open places of the items to ask
   */
  void begin(List<Integer> open) {
    waiting = longestFirst(open).iterator();
    makeAhead();
  }

  private List<Integer> longestFirst(List<Integer> open) {
    List<Future<Length>> lengths =
        open.stream().map(i -> threads.submit(() -> new Length(i, length(items.get(i))))).toList();
    return lengths.stream()
        .map(QuestionQueue::resultUnlessCancelled)
        .sorted(Comparator.comparingInt(Length::tokens).reversed().thenComparing(Length::index))
        .map(Length::index)
        .toList();
  }

  private static <T> T resultUnlessCancelled(Future<T> future) {
    requireGoOn();
    return PromptThreads.result(future);
  }

  private static void requireGoOn() {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("interrupted");
    }
  }

  /** What can't be asked comes first, so that it is told soon. */
  private int length(VqaItem item) {
    try {
      return model.length(item);
    } catch (InputException e) {
      LOG.debug("told when it is asked", e);
      return Integer.MAX_VALUE;
    }
  }

  private void makeAhead() {
    while (making.size() < ahead && waiting.hasNext()) {
      int index = waiting.next();
      making.add(new Making(index, threads.submit(() -> model.prompt(items.get(index)))));
    }
  }

  /**
   * Waits for the next item that can be asked.
   *
   * @throws CancellationException if this thread is interrupted
   */
  @Override
  public boolean hasNext() {
    requireGoOn();
    while (next == null && !making.isEmpty()) {
      Making first = making.remove();
      makeAhead();
      take(first);
    }
    return next != null;
  }

  private void take(Making made) {
    try {
      next = new Question(items.get(made.index()), PromptThreads.result(made.prompt()));
      asked.add(made.index());
    } catch (InputException e) {
      refused.accept(e);
    }
  }

  @Override
  public Question next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    Question question = Objects.requireNonNull(next);
    next = null;
    return question;
  }

  /** The place of the item of a question, by the number in which it was asked. */
  int index(int number) {
    return asked.get(number);
  }

  /** Questions that were asked so far. */
  int asked() {
    return asked.size() - (next == null ? 0 : 1);
  }

  /** Waits for the threads: what they use, native memory among it, may be closed afterwards. */
  @Override
  public void close() {
    threads.close();
  }
}
