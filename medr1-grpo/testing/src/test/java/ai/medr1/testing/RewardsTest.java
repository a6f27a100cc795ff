package ai.medr1.testing;

import ai.medr1.data.AnswerKind;
import ai.medr1.data.Labels;
import ai.medr1.data.Modality;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.AnswerExtractor;
import ai.medr1.eval.text.TextScore;
import ai.medr1.grpo.reward.AccuracyReward;
import ai.medr1.grpo.reward.FormatReward;
import ai.medr1.grpo.reward.Reward;
import ai.medr1.grpo.reward.TextReward;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** medr1's own rewards. */
class RewardsTest {
  abstract static class OfLetters extends RewardContract {
    @Override
    protected VqaItem item() {
      return Items.letter(0, Modality.CT);
    }
  }

  @Nested
  class Accuracy extends OfLetters {
    @Override
    protected Reward reward() {
      return new AccuracyReward();
    }
  }

  @Nested
  class FormatWithReasoning extends OfLetters {
    @Override
    protected Reward reward() {
      return FormatReward.think();
    }
  }

  @Nested
  class FormatWithoutReasoning extends OfLetters {
    @Override
    protected Reward reward() {
      return FormatReward.noThink();
    }
  }

  @Nested
  @ParameterizedClass
  @EnumSource(TextScore.class)
  class Text extends RewardContract {
    private final TextScore score;

    Text(TextScore score) {
      this.score = score;
    }

    @Override
    protected Reward reward() {
      return new TextReward(score, AnswerExtractor.TAG, 0);
    }

    /** The first of some questions that the score is about. */
    @Override
    protected VqaItem item() {
      return Stream.of("5 cm", "yes", "left lung, right lung")
          .map(Text::withAnswer)
          .filter(reward()::appliesTo)
          .findFirst()
          .orElseThrow();
    }

    private static VqaItem withAnswer(String gold) {
      return new VqaItem(
          "t#0",
          List.of(),
          "What is seen?",
          gold,
          List.of(),
          AnswerKind.TEXT,
          Labels.NONE,
          new VqaItem.Source(Path.of("t.json"), 0));
    }
  }
}
