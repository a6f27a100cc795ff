package ai.medr1.eval;

import ai.medr1.core.InputException;
import ai.medr1.core.text.Prompt;
import ai.medr1.data.VqaItem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a model every item once and says which answers are right.
 *
 * @param extractor how the answer is read from an output, as fits the prompt
 * @param batchSize prompts per batch
 * @param skipUnaskable whether items that can't be asked are logged, counted and left out;
 *     otherwise the first of them ends the evaluation
 */
public record Evaluator(AnswerExtractor extractor, int batchSize, boolean skipUnaskable) {
  private static final Logger LOG = LoggerFactory.getLogger(Evaluator.class);

  /**
   * Batches that are prepared at once. Of these items the prompts of like length go together, so
   * that little is computed for padding; their pixels are held in memory.
   */
  private static final int WINDOW = 8;

  /**
   * How far an evaluation is.
   *
   * @param done items answered or skipped so far
   * @param total all items
   * @param right right answers so far
   */
  public record Progress(int done, int total, int right) {}

  public Evaluator {
    if (batchSize < 1) {
      throw new IllegalArgumentException("batchSize is positive, found " + batchSize);
    }
  }

  /**
   * Evaluates.
   *
   * @param log what is done already, and where answers are put as they come
   * @param progress is called after every batch, on this thread
   * @return the items in the order given, less those skipped
   * @throws InputException naming the item that can't be asked, unless such items are skipped; or
   *     if no item is left
   */
  public EvalReport evaluate(
      Answerer model, List<VqaItem> items, EvalLog log, Consumer<Progress> progress) {
    Run run = new Run(model, items, log, progress);
    List<Integer> open = run.takeKnown();
    for (int from = 0; from < open.size(); from += WINDOW * batchSize) {
      run.window(open.subList(from, Math.min(open.size(), from + WINDOW * batchSize)));
    }
    return new EvalReport(List.copyOf(run.evaluated.values()), run.skipped);
  }

  /** The same, with the answers in memory alone. */
  public EvalReport evaluate(Answerer model, List<VqaItem> items, Consumer<Progress> progress) {
    return evaluate(model, items, EvalLog.NONE, progress);
  }

  /** An item on its way to the model. */
  private record Asked(int index, Prompt prompt) {
    int length() {
      return prompt.ids().length;
    }
  }

  private final class Run {
    final Answerer model;
    final List<VqaItem> items;
    final EvalLog log;
    final Consumer<Progress> progress;
    final Map<Integer, EvaluatedItem> evaluated = new TreeMap<>();
    int skipped;
    int right;

    Run(Answerer model, List<VqaItem> items, EvalLog log, Consumer<Progress> progress) {
      this.model = model;
      this.items = items;
      this.log = log;
      this.progress = progress;
    }

    /** Takes over what was answered before and gives the places of what was not. */
    List<Integer> takeKnown() {
      List<Integer> open = new ArrayList<>();
      for (int i = 0; i < items.size(); i++) {
        int index = i;
        log.known(items.get(index))
            .ifPresentOrElse(known -> take(index, known), () -> open.add(index));
      }
      return open;
    }

    void window(List<Integer> indices) {
      List<Asked> asked = new ArrayList<>();
      indices.forEach(index -> prepare(index, asked));
      asked.sort(Comparator.comparingInt(Asked::length));
      for (int start = 0; start < asked.size(); start += batchSize) {
        batch(asked.subList(start, Math.min(asked.size(), start + batchSize)));
      }
    }

    private void prepare(int index, List<Asked> asked) {
      try {
        asked.add(new Asked(index, model.prompt(items.get(index))));
      } catch (InputException e) {
        if (!skipUnaskable) {
          throw e;
        }
        skipped++;
        LOG.warn("Skipped: {}", e.getMessage());
      }
    }

    private void batch(List<Asked> batch) {
      List<Answer> answers = model.answer(batch.stream().map(Asked::prompt).toList());
      if (answers.size() != batch.size()) {
        throw new IllegalStateException(
            "the model gave %d answers to %d prompts".formatted(answers.size(), batch.size()));
      }
      for (int i = 0; i < batch.size(); i++) {
        int index = batch.get(i).index();
        take(index, log.add(evaluated(items.get(index), answers.get(i))));
      }
      progress.accept(new Progress(evaluated.size() + skipped, items.size(), right));
    }

    private EvaluatedItem evaluated(VqaItem item, Answer answer) {
      return new EvaluatedItem(
          item,
          answer.text(),
          extractor.extract(answer.text()),
          answer.tokens().length,
          AnswerLetter.logProb(answer, extractor, model::text),
          Map.of(),
          Optional.empty(),
          List.of());
    }

    private void take(int index, EvaluatedItem item) {
      evaluated.put(index, item);
      right += item.right() ? 1 : 0;
    }
  }
}
