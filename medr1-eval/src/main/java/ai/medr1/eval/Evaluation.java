package ai.medr1.eval;

import ai.medr1.core.InputException;
import ai.medr1.core.model.QwenVl;
import ai.medr1.data.Inspection;
import ai.medr1.data.PromptTemplate;
import ai.medr1.data.VqaDataset;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.Evaluator.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Consumer;

/**
 * How a model is evaluated: from its items to a report, and to the files of a directory. The
 * command line, experiments and programs run evaluations with it alone.
 *
 * @param template the words around a question
 * @param maxPromptLength tokens of a prompt at most, those of images among them
 * @param answering how the model answers a prompt
 * @param evaluator how answers are read and compared with the right ones
 */
public record Evaluation(
    PromptTemplate template,
    int maxPromptLength,
    BiFunction<QwenVl, VqaPrompts, Answerer> answering,
    Evaluator evaluator) {
  /** Med-R1's sizes. */
  private static final int MAX_PROMPT_LENGTH = 1024;

  private static final int BATCH = 16;

  /**
   * As Med-R1 evaluates: the model writes greedily, and the answer is read as fits the wording.
   *
   * @param maxNewTokens tokens of an answer at most; Med-R1 takes 256
   */
  public static Evaluation medR1(Wording wording, int maxNewTokens) {
    return new Evaluation(
        wording.template(),
        MAX_PROMPT_LENGTH,
        (model, prompts) -> new ModelAnswerer(model, prompts, maxNewTokens),
        new Evaluator(wording.extractor(), BATCH, false));
  }

  /** The same with a check of one's own for answers that are neither letters nor texts. */
  public Evaluation withCheck(AnswerCheck check) {
    return new Evaluation(template, maxPromptLength, answering, evaluator.withCheck(check));
  }

  /**
   * Evaluates with the answers in memory alone. Unsound items, which cannot be asked or never be
   * answered rightly, are refused before the first is asked, unless the evaluator skips items.
   *
   * @param model not closed here
   * @throws InputException as {@link Evaluator#evaluate}
   */
  public EvalReport run(QwenVl model, List<VqaItem> items, Consumer<Progress> progress) {
    inspect(items);
    return evaluator.evaluate(answerer(model), items, progress);
  }

  /**
   * Evaluates and writes a directory: rows while it goes on, results when it is done. Where it is
   * cancelled, by an interrupt of this thread, there are rows alone, and it can be resumed.
   *
   * @param model not closed here
   * @param setup items, and what the files tell beside the answers
   * @param resume whether to go on with what is in the directory; otherwise it is replaced
   * @param progress is called after every item, on this thread
   * @throws InputException as {@link Evaluator#evaluate} and {@link EvalDirectory}
   */
  public EvalReport run(
      QwenVl model,
      EvalDirectory.Setup setup,
      Path directory,
      boolean resume,
      Consumer<Progress> progress)
      throws IOException {
    try (EvalDirectory results =
        resume ? EvalDirectory.resume(directory, setup) : EvalDirectory.start(directory, setup)) {
      EvalReport report = evaluator.evaluate(answerer(model), setup.items(), results, progress);
      if (!report.cancelled()) {
        results.finish(report);
      }
      return report;
    }
  }

  private void inspect(List<VqaItem> items) {
    if (!evaluator.skipUnaskable()) {
      Inspection.beforeStart(new VqaDataset("the evaluation", items))
          .toBegin(Inspection.Policy.ERROR, 0, "leave them out");
    }
  }

  private Answerer answerer(QwenVl model) {
    return answering.apply(model, new VqaPrompts(model.processor(), template, maxPromptLength));
  }
}
