package ai.medr1.testing;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import ai.medr1.data.Choices;
import ai.medr1.data.VqaItem;
import ai.medr1.grpo.reward.Reward;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What training relies on in any {@link Reward}. */
public abstract class RewardContract {

  /** The reward to be checked; another object in every call. */
  protected abstract Reward reward();

  /** A question that it applies to. */
  protected abstract VqaItem item();

  /** The least that a completion can earn. */
  protected double least() {
    return 0;
  }

  /** The most that a completion can earn. */
  protected double most() {
    return 1;
  }

  @Test
  void theNameFitsIntoMetricsAndIsStable() {
    String name = reward().name();
    assertTrue(name.matches("[\\w-]+"), "letters, digits, _ and -, found " + name);
    assertEquals(name, reward().name());
  }

  @Test
  void itAppliesToTheQuestion() {
    assertTrue(reward().appliesTo(item()));
  }

  @Test
  void whateverAModelWritesEarnsANumberInTheRange() {
    for (String text : Outputs.ALL) {
      double score = score(reward(), text);
      assertTrue(
          score >= least() && score <= most(),
          () ->
              "expected %s to %s, found %s for: %s"
                  .formatted(
                      least(), most(), score, text.substring(0, Math.min(80, text.length()))));
    }
  }

  /**
   * Rewards of the answer would else be earned by hedging: every right answer is among all of them.
   */
  @Test
  void anAnswerThatNamesSeveralOptionsEarnsNothing() {
    if (reward().about() != Reward.About.ANSWER) {
      return;
    }
    for (String answer : severalOptions()) {
      for (String text : List.of(answer, "<answer>" + answer + "</answer>")) {
        double score = score(reward(), text);
        assertTrue(
            score <= 0,
            () ->
                "expected nothing for several options, found %s for: %s; a reward of something else than the answer says so in about()"
                    .formatted(score, text));
      }
    }
  }

  private List<String> severalOptions() {
    List<Choices.Option> options = item().options();
    if (options.isEmpty()) { // commas may stand between the members of one answer
      List<String> guesses = List.of(item().gold(), "something else", "a third");
      return List.of(String.join(" or ", guesses), String.join(" / ", guesses));
    }
    return Stream.of(" or ", ", ", " / ")
        .flatMap(
            between ->
                Stream.of(
                    options.stream().map(Choices.Option::letter).collect(joining(between)),
                    options.stream().map(Choices.Option::text).collect(joining(between))))
        .toList();
  }

  /** On any thread and in any order. */
  @Test
  void theSameArgumentsGiveTheSameReward() {
    Reward reward = reward();
    List<Double> oneByOne = scores(reward);
    assertEquals(oneByOne, Outputs.ALL.parallelStream().map(t -> score(reward, t)).toList());
    assertEquals(oneByOne, scores(reward));
    assertEquals(oneByOne, scores(reward()));
  }

  @Test
  void tokenIdsAreLeftAlone() {
    int[] ids = {3, 1, 2};
    reward().score(item(), "A", ids);
    assertArrayEquals(new int[] {3, 1, 2}, ids);
  }

  private List<Double> scores(Reward reward) {
    return Outputs.ALL.stream().map(t -> score(reward, t)).toList();
  }

  private double score(Reward reward, String text) {
    return reward.score(item(), text, text.chars().toArray());
  }
}
