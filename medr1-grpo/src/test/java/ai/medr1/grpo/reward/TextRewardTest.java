package ai.medr1.grpo.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.data.AnswerKind;
import ai.medr1.data.Labels;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.AnswerExtractor;
import ai.medr1.eval.text.TextScore;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class TextRewardTest {
  private static final VqaItem LETTER = Items.withSolution("<answer> A </answer>");
  private static final int[] IDS = {1};

  private static VqaItem text(String gold) {
    return new VqaItem(
        "t#0",
        List.of(),
        "What is it?",
        gold,
        List.of(),
        AnswerKind.TEXT,
        Labels.NONE,
        new VqaItem.Source(Path.of("t.json"), 0));
  }

  private static TextReward of(TextScore score) {
    return new TextReward(score, AnswerExtractor.TAG, 0);
  }

  @Test
  void answersAreReadAndScoredAsInEvaluation() {
    assertThat(of(TextScore.TOKEN_F1).score(text("left lung"), "<answer>right lung</answer>", IDS))
        .isEqualTo(0.5);
    assertThat(of(TextScore.EXACT_MATCH).score(text("liver"), "<answer>The liver.</answer>", IDS))
        .isEqualTo(1);
    assertThat(of(TextScore.EXACT_MATCH).score(text("liver"), "liver", IDS)).isZero();
    assertThat(of(TextScore.NUMERIC).score(text("5 cm"), "<answer>50 mm</answer>", IDS))
        .isEqualTo(1);
  }

  @Test
  void namesAreThoseOfTheConfiguration() {
    assertThat(List.of(TextScore.values()).stream().map(score -> of(score).name()))
        .containsExactly(
            "exact-match",
            "token-f1",
            "bleu-1",
            "bleu-2",
            "bleu-3",
            "bleu",
            "rouge-l",
            "numeric",
            "yes-no",
            "list-f1");
  }

  @Test
  void whatDoesNotApplyCountsNeitherForNorAgainst() {
    RewardSet rewards =
        RewardSet.of(new AccuracyReward(), of(TextScore.YES_NO), of(TextScore.EXACT_MATCH));
    double[] ofLetter = rewards.scores(LETTER, "<answer>A</answer>", IDS);
    assertThat(ofLetter).containsExactly(1, Double.NaN, Double.NaN);
    assertThat(rewards.total(ofLetter)).isEqualTo(1);
    double[] ofText = rewards.scores(text("liver"), "<answer>Liver</answer>", IDS);
    assertThat(ofText).containsExactly(0, Double.NaN, 1);
    assertThat(rewards.total(ofText)).isEqualTo(1);
  }

  @Test
  void aRewardThatAppliesToNoItemIsRefused() {
    RewardSet rewards = RewardSet.of(new AccuracyReward(), of(TextScore.YES_NO));
    assertThatThrownBy(() -> rewards.requireApply(List.of(LETTER, text("liver"))))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "rewards.yes-no is 1.0, but this reward applies to none of the 2 items")
        .hasMessageContaining("test.json item 0");
    assertThatCode(() -> rewards.requireApply(List.of(LETTER, text("no"))))
        .doesNotThrowAnyException();
    RewardSet logged =
        new RewardSet(
            List.of(
                new RewardSet.Part(new AccuracyReward(), 1),
                new RewardSet.Part(of(TextScore.YES_NO), 0)));
    assertThatCode(() -> logged.requireApply(List.of(LETTER))).doesNotThrowAnyException();
  }

  @Test
  void anAnswerThatOffersAChoiceEarnsNothing() {
    VqaItem liver = text("left lobe of liver|liver");
    for (String answer :
        List.of(
            "liver or spleen",
            "spleen/liver",
            "spleen, kidney, liver",
            "left or right lobe of liver",
            "肝 或 liver")) {
      assertThat(of(TextScore.TOKEN_F1).score(liver, "<answer>" + answer + "</answer>", IDS))
          .as(answer)
          .isZero();
    }
    assertThat(of(TextScore.TOKEN_F1).score(liver, "<answer>liver, enlarged</answer>", IDS))
        .isPositive();
    assertThat(of(TextScore.EXACT_MATCH).score(text("5 mg/l"), "<answer>5 mg/l</answer>", IDS))
        .isEqualTo(1);
    assertThat(of(TextScore.EXACT_MATCH).score(text("1 or 2"), "<answer>1 or 2</answer>", IDS))
        .isEqualTo(1);
  }

  @Test
  void aRewardThatTheRightAnswerDoesNotEarnIsRefused() {
    RewardSet accuracy = RewardSet.of(new AccuracyReward());
    accuracy.requireEarned(List.of(LETTER, text("liver")), Format.THINK, t -> IDS);
    assertThatThrownBy(
            () -> accuracy.requireEarned(List.of(text("liver|hepar")), Format.THINK, t -> IDS))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("rewards.accuracy is 1.0", "t.json item 0", "remove the reward");
    RewardSet format = RewardSet.of(new FormatReward(Format.THINK));
    for (Format asked : List.of(Format.NO_THINK, Format.THINK_AFTER, Format.NONE)) {
      assertThatThrownBy(() -> format.requireEarned(List.of(LETTER), asked, t -> IDS))
          .hasMessageContainingAll(
              "rewards.format is 1.0", "test.json item 0", "set format to auto");
    }
    RewardSet answerFirst = RewardSet.of(new FormatReward(Format.THINK_AFTER));
    answerFirst.requireEarned(List.of(LETTER), Format.THINK_AFTER, t -> IDS);
  }
}
