package ai.medr1.grpo.reward;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.medr1.core.InputException;
import ai.medr1.data.VqaItem;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ScorerTest {
  private static final VqaItem ITEM = Items.withSolution("<answer> A </answer>");
  private static final List<RewardSet.Completions> GROUPS =
      List.of(group("a", "bb", "ccc"), group("dddd", "a"));

  private static RewardSet.Completions group(String... texts) {
    return new RewardSet.Completions(
        ITEM, List.of(texts), Arrays.stream(texts).map(t -> new int[t.length()]).toList());
  }

  /** What a completion earns. */
  private interface Score {
    double of(String completion) throws Exception;
  }

  private record Own(String name, Score score) implements Reward {
    @Override
    public double score(VqaItem item, String completion, int[] tokenIds) {
      try {
        return score.of(completion);
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    }
  }

  /** 1 for the longest of the group. */
  private static final class Longest implements GroupReward {
    @Override
    public String name() {
      return "longest";
    }

    @Override
    public double[] scores(VqaItem item, List<String> completions, List<int[]> tokenIds) {
      int most = tokenIds.stream().mapToInt(ids -> ids.length).max().orElseThrow();
      return tokenIds.stream().mapToDouble(ids -> ids.length == most ? 1 : 0).toArray();
    }
  }

  private static RewardSet set(
      Scoring.OnFailure onFailure, double timeout, int threads, Score score) {
    return new RewardSet(
        RewardSet.of(new Own("own", score), new Longest()).parts(),
        new Scoring(onFailure, timeout, threads));
  }

  private static Score failing(String on, Score how) {
    return completion -> completion.equals(on) ? how.of(completion) : completion.length();
  }

  @Test
  void theResultIsTheSameWithAnyNumberOfThreads() {
    for (int threads : new int[] {0, 1, 3, 16}) {
      RewardSet rewards = set(Scoring.OnFailure.FAIL, 60, threads, String::length);
      assertThat(rewards.scores(GROUPS).get(0))
          .isDeepEqualTo(new double[][] {{1, 0}, {2, 0}, {3, 1}});
      assertThat(rewards.scores(GROUPS).get(1)).isDeepEqualTo(new double[][] {{4, 1}, {1, 0}});
    }
  }

  /** None ends before all have begun. */
  @Test
  void slowRewardsRunAtTheSameTime() {
    CyclicBarrier all = new CyclicBarrier(5);
    RewardSet rewards =
        set(
            Scoring.OnFailure.FAIL,
            60,
            5,
            completion -> {
              all.await(30, TimeUnit.SECONDS);
              return RewardSet.isScoring() ? 1 : 0;
            });
    assertThat(rewards.scores(GROUPS).get(1)).isDeepEqualTo(new double[][] {{1, 1}, {1, 0}});
    assertThat(RewardSet.isScoring()).isFalse();
  }

  @Test
  void whatFailsNamesRewardAndItem() {
    Score throwing =
        failing(
            "bb",
            c -> {
              throw new IllegalArgumentException("no such word");
            });
    for (int threads : new int[] {1, 8}) {
      assertThatThrownBy(() -> set(Scoring.OnFailure.FAIL, 60, threads, throwing).scores(GROUPS))
          .isInstanceOf(IllegalStateException.class)
          .hasMessageContainingAll(
              "reward own failed",
              "no such word",
              ITEM.id(),
              "completion: bb",
              "scoring.onFailure");
    }
    Score wrongInput =
        c -> {
          throw new InputException("no server");
        };
    assertThatThrownBy(() -> set(Scoring.OnFailure.FAIL, 60, 1, wrongInput).scores(GROUPS))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no server");
    assertThatThrownBy(
            () -> set(Scoring.OnFailure.FAIL, 60, 1, failing("a", c -> Double.NaN)).scores(GROUPS))
        .hasMessageContainingAll("reward own gave NaN", ITEM.id());
  }

  @Test
  void aFailureIsZeroOrLeavesTheCompletionOut() {
    Score broken = failing("bb", c -> Double.NaN);
    assertThat(set(Scoring.OnFailure.ZERO, 60, 2, broken).scores(GROUPS).get(0))
        .isDeepEqualTo(new double[][] {{1, 0}, {0, 0}, {3, 1}});
    RewardSet skips = set(Scoring.OnFailure.SKIP, 60, 2, broken);
    double[][] scores = skips.scores(GROUPS).get(0);
    assertThat(scores[0]).containsExactly(1, 0);
    assertThat(scores[1]).containsExactly(Double.NaN, Double.NaN);
    assertThat(scores[2]).containsExactly(3, 1);
    assertThat(skips.total(scores[1])).isZero();
  }

  /** One that heeds no interrupt keeps its thread, but not those of the others. */
  @Test
  void aRewardThatHangsIsGivenUp() {
    CountDownLatch end = new CountDownLatch(1);
    Score stubborn =
        completion -> {
          while (completion.equals("a") && end.getCount() > 0) {
            try {
              end.await();
            } catch (InterruptedException e) {
              // goes on
            }
          }
          return 1;
        };
    try {
      assertThat(set(Scoring.OnFailure.ZERO, 0.2, 1, stubborn).scores(GROUPS).get(0))
          .isDeepEqualTo(new double[][] {{0, 0}, {1, 0}, {1, 1}});
      assertThatThrownBy(() -> set(Scoring.OnFailure.FAIL, 0.2, 2, stubborn).scores(GROUPS))
          .hasMessageContainingAll("reward own gave nothing within 0.2 s", ITEM.id());
    } finally {
      end.countDown();
    }
  }

  @Test
  void aGroupRewardOfAnotherLengthIsAFault() {
    GroupReward broken =
        new GroupReward() {
          @Override
          public String name() {
            return "broken";
          }

          @Override
          public double[] scores(VqaItem item, List<String> completions, List<int[]> tokenIds) {
            return IntStream.of(1).asDoubleStream().toArray();
          }
        };
    assertThatThrownBy(() -> RewardSet.of(broken).scores(GROUPS))
        .hasMessageContainingAll("broken gave 1 rewards for 3 completions");
  }
}
