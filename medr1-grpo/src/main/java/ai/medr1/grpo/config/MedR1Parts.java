package ai.medr1.grpo.config;

import ai.medr1.eval.AnswerExtractor;
import ai.medr1.eval.AnswerReader;
import ai.medr1.eval.text.TextScore;
import ai.medr1.grpo.loss.Advantages;
import ai.medr1.grpo.loss.GroupAdvantages;
import ai.medr1.grpo.loss.PolicyLoss;
import ai.medr1.grpo.reward.AccuracyReward;
import ai.medr1.grpo.reward.FormatReward;
import ai.medr1.grpo.reward.Reward;
import ai.medr1.grpo.reward.TextReward;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** The parts that medr1 brings: Med-R1's, and the scores of texts as rewards. */
final class MedR1Parts implements Extension {
  @Override
  public Map<String, AnswerReader> answerReaders() {
    Map<String, AnswerReader> readers = new LinkedHashMap<>();
    for (AnswerExtractor rule : AnswerExtractor.values()) {
      readers.put(rule.label(), rule);
    }
    return readers;
  }

  @Override
  public Map<String, Function<GrpoConfig, PolicyLoss>> losses() {
    return Losses.all();
  }

  @Override
  public Map<String, Function<GrpoConfig, Advantages>> advantages() {
    Map<String, Function<GrpoConfig, Advantages>> advantages = new LinkedHashMap<>();
    for (GroupAdvantages kind : GroupAdvantages.values()) {
      advantages.put(kind.name().toLowerCase(Locale.ROOT), config -> kind);
    }
    return advantages;
  }

  /** In the order of the metrics. */
  @Override
  public Map<String, Function<GrpoConfig, Reward>> rewards() {
    Map<String, Function<GrpoConfig, Reward>> rewards = new LinkedHashMap<>();
    rewards.put("accuracy", config -> new AccuracyReward());
    rewards.put("format", MedR1Parts::format);
    for (TextScore score : TextScore.values()) {
      rewards.put(score.rewardName(), config -> text(score, config));
    }
    return rewards;
  }

  /** The format that the prompt asks for. */
  private static FormatReward format(GrpoConfig config) {
    boolean thinks = config.data().template().text().contains("<think>");
    return thinks ? FormatReward.think() : FormatReward.noThink();
  }

  private static TextReward text(TextScore score, GrpoConfig config) {
    AnswerExtractor extractor = new DataPrompt(config.data().prompt()).wording().extractor();
    return new TextReward(score, extractor, config.numericTolerance());
  }
}
