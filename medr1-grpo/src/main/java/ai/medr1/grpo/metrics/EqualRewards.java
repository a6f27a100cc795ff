package ai.medr1.grpo.metrics;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Warns at the end of a run that has learned nothing: the completions of every group have earned
 * the same in all steps, so that no advantage was other than 0.
 */
public final class EqualRewards implements TrainingListener {
  private static final Logger LOG = LoggerFactory.getLogger(EqualRewards.class);

  private long steps;
  private boolean told;
  private double reward;

  @Override
  public void onStep(StepReport report) {
    steps++;
    told |= report.metrics().getOrDefault("frac_reward_zero_std", 0.0) < 1;
    reward = report.metrics().getOrDefault("reward", 0.0);
  }

  /** Whether steps were made, and none of them could tell a better completion from a worse one. */
  public boolean learnedNothing() {
    return steps > 0 && !told;
  }

  @Override
  public void onEnd(TrainingResult result) {
    if (learnedNothing()) {
      LOG.warn(
          "nothing was learned: in all {} steps the completions of each group earned the same (the last mean reward is {});"
              + " look at completions.jsonl: where all earn 0, begin with a model that answers in the form that the prompt asks for"
              + " (a larger one, or one trained by train sft), or give sampling.maxCompletionLength room for it;"
              + " where all earn everything, take harder questions",
          steps,
          reward);
    }
  }
}
