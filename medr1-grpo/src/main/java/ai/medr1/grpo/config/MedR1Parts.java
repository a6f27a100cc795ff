package ai.medr1.grpo.config;

import ai.medr1.core.InputException;
import ai.medr1.core.image.PreprocessorConfig;
import ai.medr1.core.image.SmartResize;
import ai.medr1.eval.AnswerExtractor;
import ai.medr1.eval.AnswerReader;
import ai.medr1.eval.text.TextScore;
import ai.medr1.grpo.loss.Advantages;
import ai.medr1.grpo.loss.GroupAdvantages;
import ai.medr1.grpo.loss.PolicyLoss;
import ai.medr1.grpo.reward.AccuracyReward;
import ai.medr1.grpo.reward.BoxReward;
import ai.medr1.grpo.reward.CosineLengthReward;
import ai.medr1.grpo.reward.Format;
import ai.medr1.grpo.reward.FormatReward;
import ai.medr1.grpo.reward.JudgeReward;
import ai.medr1.grpo.reward.LetterOrTextReward;
import ai.medr1.grpo.reward.PartialCreditReward;
import ai.medr1.grpo.reward.RepetitionReward;
import ai.medr1.grpo.reward.Reward;
import ai.medr1.grpo.reward.SoftOverlongReward;
import ai.medr1.grpo.reward.TextReward;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

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
    rewards.put("letter-or-text", config -> new LetterOrTextReward());
    rewards.put("partial-credit", config -> new PartialCreditReward());
    rewards.put("box-iou", MedR1Parts::boxes);
    rewards.put("judge", config -> judge(config, System::getenv));
    rewards.put("cosine-length", config -> new CosineLengthReward(longest(config)));
    rewards.put("soft-overlong", MedR1Parts::overlong);
    rewards.put("repetition", config -> new RepetitionReward(config.scoring().repetitionSize()));
    return rewards;
  }

  private static FormatReward format(GrpoConfig config) {
    double weight = config.rewards().getOrDefault("format", 0.0);
    if (config.answerFormat() == Format.NONE && weight != 0) {
      throw new InputException(
          "rewards.format is %s, but the prompt asks for no tags (format none), so that it would pay for nothing; set rewards.format to 0, or format to think, no-think or think-after"
              .formatted(weight));
    }
    return new FormatReward(config.answerFormat());
  }

  private static int longest(GrpoConfig config) {
    return config.sampling().maxCompletionLength();
  }

  private static SoftOverlongReward overlong(GrpoConfig config) {
    int cache = config.scoring().overlongCache();
    if (cache > longest(config)) {
      throw new InputException(
          "scoring.overlongCache is %d, but completions have at most sampling.maxCompletionLength: %d tokens; lower it"
              .formatted(cache, longest(config)));
    }
    return new SoftOverlongReward(longest(config), cache == 0 ? longest(config) / 5 : cache);
  }

  private static BoxReward boxes(GrpoConfig config) {
    if (config.scoring().boxes() == ScoringConfig.Boxes.ORIGINAL) {
      return new BoxReward(size -> size);
    }
    PreprocessorConfig images = PreprocessorConfig.ofModel(config.model());
    int factor = images.patchSize() * images.mergeSize();
    DataConfig data = config.data();
    return new BoxReward(
        size ->
            SmartResize.of(
                size.height(), size.width(), factor, data.minPixels(), data.maxPixels()));
  }

  static JudgeReward judge(GrpoConfig config, Function<String, @Nullable String> environment) {
    ScoringConfig.Judge judge = config.scoring().judge();
    if (judge.url().isEmpty() || judge.model().isEmpty()) {
      throw new InputException(
          "rewards.judge has a weight, but scoring.judge.url or scoring.judge.model is empty; set them to the base of an API such as http://localhost:8000/v1 and to the name of a model there");
    }
    String key = environment.apply(judge.keyVariable());
    return new JudgeReward(
        new JudgeReward.Endpoint(
            URI.create(judge.url()),
            judge.model(),
            key == null ? "" : key.strip(),
            judge.timeout(),
            judge.retries(),
            1),
        config.data().reader());
  }

  private static TextReward text(TextScore score, GrpoConfig config) {
    return new TextReward(score, config.data().reader(), config.numericTolerance());
  }
}
