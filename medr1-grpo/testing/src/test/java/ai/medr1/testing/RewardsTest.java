package ai.medr1.testing;

import ai.medr1.data.AnswerKind;
import ai.medr1.data.Labels;
import ai.medr1.data.Modality;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.AnswerExtractor;
import ai.medr1.eval.text.TextScore;
import ai.medr1.grpo.reward.AccuracyReward;
import ai.medr1.grpo.reward.BoxReward;
import ai.medr1.grpo.reward.CosineLengthReward;
import ai.medr1.grpo.reward.Format;
import ai.medr1.grpo.reward.FormatReward;
import ai.medr1.grpo.reward.LetterOrTextReward;
import ai.medr1.grpo.reward.PartialCreditReward;
import ai.medr1.grpo.reward.RepetitionReward;
import ai.medr1.grpo.reward.Reward;
import ai.medr1.grpo.reward.SoftOverlongReward;
import ai.medr1.grpo.reward.TextReward;
import java.awt.image.BufferedImage;
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
      return new FormatReward(Format.THINK);
    }
  }

  @Nested
  class FormatWithReasoningBehind extends OfLetters {
    @Override
    protected Reward reward() {
      return new FormatReward(Format.THINK_AFTER);
    }
  }

  @Nested
  class FormatWithoutReasoning extends OfLetters {
    @Override
    protected Reward reward() {
      return new FormatReward(Format.NO_THINK);
    }
  }

  @Nested
  class LetterOrText extends OfLetters {
    @Override
    protected Reward reward() {
      return new LetterOrTextReward();
    }
  }

  @Nested
  class PartialCredit extends OfLetters {
    @Override
    protected Reward reward() {
      return new PartialCreditReward();
    }
  }

  abstract static class Penalty extends OfLetters {
    @Override
    protected double least() {
      return -1;
    }
  }

  @Nested
  class SoftOverlong extends Penalty {
    @Override
    protected Reward reward() {
      return new SoftOverlongReward(64, 16);
    }
  }

  @Nested
  class CosineLength extends Penalty {
    @Override
    protected Reward reward() {
      return new CosineLengthReward(64);
    }
  }

  @Nested
  class Repetition extends Penalty {
    @Override
    protected Reward reward() {
      return new RepetitionReward(3);
    }
  }

  @Nested
  class OfBoxes extends RewardContract {
    @Override
    protected Reward reward() {
      return new BoxReward(size -> size);
    }

    @Override
    protected VqaItem item() {
      return VqaItem.question("Where is it?")
          .image(new BufferedImage(64, 64, BufferedImage.TYPE_BYTE_GRAY))
          .answer("[1, 2, 30, 40]");
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
