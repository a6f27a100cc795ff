package ai.medr1.grpo;

import ai.medr1.core.model.QwenVl;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.EvalReport;
import ai.medr1.eval.EvaluatedItem;
import ai.medr1.eval.Evaluator;
import ai.medr1.eval.ModelAnswerer;
import ai.medr1.eval.VqaPrompts;
import ai.medr1.eval.text.TextScore;
import ai.medr1.grpo.config.HeldOutConfig;
import ai.medr1.grpo.config.TrainingConfig;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/** Items that are not trained on, and how the model is evaluated on them while the run goes on. */
record HeldOutItems(
    List<VqaItem> items, HeldOutConfig config, Evaluator evaluator, VqaPrompts prompts) {

  /**
   * Prepares the evaluation; answers are read as fits the prompt.
   *
   * @param prompts as those of the training
   */
  static HeldOutItems of(List<VqaItem> items, TrainingConfig config, VqaPrompts prompts) {
    return new HeldOutItems(
        items,
        config.heldOut(),
        new Evaluator(config.data().reader(), config.heldOut().batch(), true),
        prompts);
  }

  /** Whether there is an evaluation after a step. */
  boolean isDue(long step, boolean last) {
    return !items.isEmpty()
        && (step == 0 || last || (config.every() > 0 && step % config.every() == 0));
  }

  /** Asks the model all of them; an interrupt leaves some out. */
  EvalReport evaluate(QwenVl model) {
    return evaluator.evaluate(
        new ModelAnswerer(model, prompts, config.maxNewTokens()), items, progress -> {});
  }

  /** Accuracy, and the mean of every score of texts over the items that it applies to. */
  static Map<String, Double> values(EvalReport report) {
    Map<String, Double> values = new TreeMap<>();
    values.put(HeldOutConfig.ACCURACY, report.overall().accuracy());
    for (TextScore score : TextScore.values()) {
      mean(report.items(), score).ifPresent(mean -> values.put(score.rewardName(), mean));
    }
    return values;
  }

  private static OptionalDouble mean(List<EvaluatedItem> items, TextScore score) {
    return items.stream()
        .filter(item -> item.scores().containsKey(score))
        .mapToDouble(item -> item.scores().get(score))
        .average();
  }
}
