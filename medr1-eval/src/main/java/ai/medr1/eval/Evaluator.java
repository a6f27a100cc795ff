package ai.medr1.eval;

import ai.medr1.core.InputException;
import ai.medr1.core.RunningWork;
import ai.medr1.core.model.NotFiniteException;
import ai.medr1.data.AnswerKind;
import ai.medr1.data.VqaItem;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks a model every item once and says which answers are right.
 *
 * @param reader how the answer is read from an output, as fits the prompt
 * @param batchSize answers that are written at once
 * @param skipUnaskable whether items that can't be asked are logged, counted and left out;
 *     otherwise the first of them ends the evaluation
 * @param reading how answers are compared with the right ones
 */
public record Evaluator(
    AnswerReader reader, int batchSize, boolean skipUnaskable, Reading reading) {
  private static final Logger LOG = LoggerFactory.getLogger(Evaluator.class);

  /**
   * How answers are compared with the right ones.
   *
   * @param lenient whether letters are read a second time, in whatever form they are given
   * @param numericTolerance share of a right number that an answer may be off
   * @param check says of answers of other kinds whether they are right
   */
  public record Reading(boolean lenient, double numericTolerance, AnswerCheck check) {
    /** Letters as Med-R1 reads them, and exact numbers. */
    public static final Reading STRICT = new Reading(false, 0);

    /** Letters and texts alone. */
    public Reading(boolean lenient, double numericTolerance) {
      this(lenient, numericTolerance, AnswerCheck.NONE);
    }

    /** The same with a check of one's own. */
    public Reading withCheck(AnswerCheck other) {
      return new Reading(lenient, numericTolerance, other);
    }

    private Optional<Boolean> checked(VqaItem item, Optional<String> extracted) {
      return extracted.flatMap(answer -> check.isRight(item, answer));
    }
  }

  /** The same with a check of one's own for answers of other kinds. */
  public Evaluator withCheck(AnswerCheck check) {
    return new Evaluator(reader, batchSize, skipUnaskable, reading.withCheck(check));
  }

  /** Letters are read as Med-R1 does. */
  public Evaluator(AnswerReader reader, int batchSize, boolean skipUnaskable) {
    this(reader, batchSize, skipUnaskable, Reading.STRICT);
  }

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
   * Evaluates. An interrupt of this thread cancels it, and so does the end of the process: answers
   * that have not ended are dropped, {@link EvalReport#left} counts them, and the thread stays
   * interrupted.
   *
   * @param log what is done already, and where answers are put as they come
   * @param progress is called after every item, on this thread
   * @return the items in the order given, less those skipped
   * @throws InputException naming the item that can't be asked, unless such items are skipped; or
   *     if no item is left
   * @throws CancellationException if it is cancelled before there is an answer
   */
  public EvalReport evaluate(
      Answerer model, List<VqaItem> items, EvalLog log, Consumer<Progress> progress) {
    Run run = new Run(model, items, log, progress);
    RunningWork atExit = RunningWork.begin(Thread.currentThread()::interrupt);
    try {
      run.ask(run.takeKnown());
    } finally {
      atExit.close();
    }
    return run.report();
  }

  /** The same, with the answers in memory alone. */
  public EvalReport evaluate(Answerer model, List<VqaItem> items, Consumer<Progress> progress) {
    return evaluate(model, items, EvalLog.NONE, progress);
  }

  private final class Run {
    final Answerer model;
    final List<VqaItem> items;
    final EvalLog log;
    final Consumer<Progress> progress;
    final Map<Integer, EvaluatedItem> evaluated = new TreeMap<>();
    int skipped;
    int right;
    boolean cancelled;

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
            .ifPresentOrElse(
                known -> take(index, known.withLenient(reading.lenient())), () -> open.add(index));
      }
      return open;
    }

    void ask(List<Integer> open) {
      if (open.isEmpty()) {
        return;
      }
      int before = evaluated.size();
      try (QuestionQueue questions = new QuestionQueue(model, items, batchSize, this::refuse)) {
        questions.begin(open);
        answer(questions);
        requireAll(questions.asked(), evaluated.size() - before);
      } catch (CancellationException e) {
        if (!Thread.currentThread().isInterrupted()) {
          throw e; // of another's doing
        }
        cancelled = true;
      }
    }

    EvalReport report() {
      if (cancelled && evaluated.isEmpty()) {
        throw new CancellationException("the evaluation was cancelled before its first answer");
      }
      int left = cancelled ? items.size() - evaluated.size() - skipped : 0;
      return new EvalReport(List.copyOf(evaluated.values()), skipped, left);
    }

    private void answer(QuestionQueue questions) {
      try {
        model.answer(
            questions,
            batchSize,
            (answer, number) -> {
              int index = questions.index(number);
              take(index, log.add(evaluated(items.get(index), answer)));
              tell();
            });
      } catch (NotFiniteException e) {
        VqaItem item = items.get(questions.index(e.sequence()));
        throw new InputException(item.source() + ": " + e.getMessage(), e);
      }
    }

    private void requireAll(int asked, int answered) {
      if (asked != answered) {
        throw new IllegalStateException(
            "the model gave %d answers to %d prompts".formatted(answered, asked));
      }
    }

    private void refuse(InputException e) {
      if (!skipUnaskable) {
        throw e;
      }
      skipped++;
      LOG.warn("Skipped: {}", e.getMessage());
      tell();
    }

    private void tell() {
      progress.accept(new Progress(evaluated.size() + skipped, items.size(), right));
    }

    private EvaluatedItem evaluated(VqaItem item, Answer answer) {
      Optional<String> extracted = reader.read(answer.text(), item);
      return new EvaluatedItem(
              item,
              answer.text(),
              extracted,
              answer.tokens().length,
              letterLogProb(item, answer),
              answer.letterProbs(),
              Optional.empty(),
              answer.samples().stream().map(output -> sample(item, output)).toList(),
              EvaluatedItem.scores(item, extracted, reading.numericTolerance()),
              Optional.empty(),
              reading.checked(item, extracted))
          .withLenient(reading.lenient());
    }

    private Optional<Double> letterLogProb(VqaItem item, Answer answer) {
      return item.answerKind() == AnswerKind.LETTER
          ? AnswerLetter.logProb(answer, reader, model::text)
          : Optional.empty();
    }

    private EvaluatedItem.Sample sample(VqaItem item, String output) {
      Optional<String> extracted = reader.read(output, item);
      return new EvaluatedItem.Sample(output, extracted, reading.checked(item, extracted));
    }

    private void take(int index, EvaluatedItem item) {
      evaluated.put(index, item);
      right += item.right() ? 1 : 0;
    }
  }
}
