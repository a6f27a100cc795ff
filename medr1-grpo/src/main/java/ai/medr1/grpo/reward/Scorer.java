package ai.medr1.grpo.reward;

import ai.medr1.core.InputException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Calls the rewards of some groups in threads of its own. What comes out, which failure is told
 * included, is the same with any number of threads.
 */
final class Scorer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scorer.class);

  private final Scoring scoring;
  private final ThreadPoolExecutor threads;

  /** A thread that runs rewards; one that never returns does not keep the program alive. */
  static final class Worker extends Thread {
    Worker(Runnable work) {
      super(work, "reward");
      setDaemon(true);
    }
  }

  Scorer(Scoring scoring) {
    this.scoring = scoring;
    int count =
        scoring.threads() > 0 ? scoring.threads() : Runtime.getRuntime().availableProcessors();
    this.threads =
        new ThreadPoolExecutor(
            count, count, 0, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Worker::new);
  }

  /** The scores of all groups, [G][K] each, before weighting; NaN where a reward does not apply. */
  List<double[][]> scores(List<Reward> rewards, List<RewardSet.Completions> groups) {
    List<List<Call>> calls = new ArrayList<>();
    for (RewardSet.Completions group : groups) {
      List<Call> ofGroup = new ArrayList<>();
      for (int k = 0; k < rewards.size(); k++) {
        if (rewards.get(k).appliesTo(group.item())) {
          begin(rewards.get(k), k, group, ofGroup);
        }
      }
      calls.add(ofGroup);
    }
    List<double[][]> scores = new ArrayList<>();
    for (int i = 0; i < groups.size(); i++) {
      scores.add(collected(calls.get(i), groups.get(i).texts().size(), rewards.size()));
    }
    return scores;
  }

  private void begin(Reward reward, int k, RewardSet.Completions group, List<Call> calls) {
    int size = group.texts().size();
    if (reward instanceof GroupReward) {
      calls.add(begin(new Call(reward, k, group, 0, size)));
      return;
    }
    for (int g = 0; g < size; g++) {
      calls.add(begin(new Call(reward, k, group, g, g + 1)));
    }
  }

  private Call begin(Call call) {
    threads.execute(call.result);
    return call;
  }

  private double[][] collected(List<Call> calls, int size, int rewards) {
    double[][] scores = new double[size][rewards];
    for (double[] row : scores) {
      Arrays.fill(row, Double.NaN);
    }
    boolean[] skipped = new boolean[size];
    for (Call call : calls) {
      double[] found = await(call);
      for (int g = call.from; g < call.to; g++) {
        scores[g][call.k] = found.length == 0 ? 0 : found[g - call.from];
        skipped[g] |= found.length == 0 && scoring.onFailure() == Scoring.OnFailure.SKIP;
      }
    }
    for (int g = 0; g < size; g++) {
      if (skipped[g]) {
        Arrays.fill(scores[g], Double.NaN);
      }
    }
    return scores;
  }

  /** The scores of a call; none where it failed and the run is to go on. */
  private double[] await(Call call) {
    while (true) {
      try {
        return call.result.get(call.nanosLeft(), TimeUnit.NANOSECONDS);
      } catch (TimeoutException e) {
        if (call.nanosLeft() <= 0) {
          call.result.cancel(true);
          // The call may not heed its interrupt: those that wait get another thread.
          threads.setMaximumPoolSize(threads.getMaximumPoolSize() + 1);
          threads.setCorePoolSize(threads.getMaximumPoolSize());
          return failed(call, "gave nothing within %s s".formatted(scoring.timeout()), e);
        }
      } catch (ExecutionException e) {
        Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
        if (cause instanceof OutOfMemoryError error) {
          throw error;
        }
        return failed(
            call, cause instanceof NoScore none ? none.what : "failed with " + cause, cause);
      } catch (InterruptedException e) {
        throw new IllegalStateException("interrupted while rewards were computed", e);
      }
    }
  }

  private double[] failed(Call call, String how, Throwable cause) {
    String message =
        "reward %s %s for item %s".formatted(call.reward.name(), how, call.group.item().id());
    if (scoring.onFailure() != Scoring.OnFailure.FAIL) {
      LOG.warn("{} ({})", message, scoring.onFailure());
      return new double[0];
    }
    String text = call.group.texts().get(call.from);
    String all =
        "%s; completion: %s; to go on without it, set scoring.onFailure to zero or skip"
            .formatted(message, text.substring(0, Math.min(200, text.length())));
    throw cause instanceof InputException
        ? new InputException(all, cause)
        : new IllegalStateException(all, cause);
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  /** What a reward gave is no score. */
  private static final class NoScore extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String what;

    NoScore(String what) {
      super(what);
      this.what = what;
    }
  }

  /** A reward of the completions from one to before another of a group. */
  private final class Call implements Callable<double[]> {
    private final Reward reward;
    private final int k;
    private final RewardSet.Completions group;
    private final int from;
    private final int to;
    private volatile long begun;
    private final FutureTask<double[]> result = new FutureTask<>(this);

    Call(Reward reward, int k, RewardSet.Completions group, int from, int to) {
      this.reward = reward;
      this.k = k;
      this.group = group;
      this.from = from;
      this.to = to;
    }

    /** Of the time limit, which counts from when a thread takes the call up. */
    long nanosLeft() {
      long limit = (long) (scoring.timeout() * 1e9);
      return begun == 0 ? limit : limit - (System.nanoTime() - begun);
    }

    @Override
    public double[] call() {
      begun = System.nanoTime() | 1; // not 0
      double[] scores = scores();
      if (scores.length != to - from) {
        throw new NoScore("gave %d rewards for %d completions".formatted(scores.length, to - from));
      }
      for (double score : scores) {
        if (!Double.isFinite(score)) {
          throw new NoScore("gave %s, where rewards are finite numbers,".formatted(score));
        }
      }
      return scores;
    }

    private double[] scores() {
      List<int[]> ids = group.tokenIds().subList(from, to).stream().map(int[]::clone).toList();
      List<String> texts = group.texts().subList(from, to);
      return reward instanceof GroupReward ranks
          ? ranks.scores(group.item(), texts, ids)
          : new double[] {reward.score(group.item(), texts.get(0), ids.get(0))};
    }
  }
}
