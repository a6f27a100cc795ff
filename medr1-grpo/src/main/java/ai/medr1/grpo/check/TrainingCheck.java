package ai.medr1.grpo.check;

import ai.medr1.core.InputException;
import ai.medr1.data.VqaItem;
import ai.medr1.grpo.GrpoTrainer;
import ai.medr1.grpo.Recipe;
import ai.medr1.grpo.check.Verdict.Check;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.metrics.StepReport;
import ai.medr1.grpo.metrics.TrainingListener;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * A short GRPO training with what must hold of it: the reward rises, loss, KL divergence and
 * gradients are finite, and the same seed gives the same losses once more, to the last bit.
 *
 * <p>Numbers are those of one machine and number of threads: {@code load.threads} of 1 gives the
 * same ones whatever the number of cores; processors with other instructions differ in the last
 * digits.
 *
 * @param config of the training; its directory must hold no run and gets two, {@code first} and
 *     {@code again}
 * @param items to train on
 * @param recipe its parts
 * @param rise by how much the mean reward of the last {@link #LAST} steps must be above that of the
 *     first {@link #FIRST}
 * @param repeated steps that are made a second time, at least 1
 */
public record TrainingCheck(
    GrpoConfig config, List<VqaItem> items, Recipe recipe, double rise, int repeated) {
  /** Steps that the reward starts from. */
  public static final int FIRST = 2;

  /** Steps that the reward ends with. */
  public static final int LAST = 5;

  /** The first step's loss is 0 whatever was drawn, so rewards and gradients are compared, too. */
  private static final List<String> SAME = List.of("loss", "reward", "grad_norm");

  private static final List<String> FINITE = List.of("loss", "kl", "grad_norm");

  public TrainingCheck {
    items = List.copyOf(items);
    if (repeated < 1) {
      throw new InputException("repeated is at least 1, found " + repeated);
    }
  }

  /**
   * Trains twice and compares.
   *
   * @param progress hears of every step of the first training
   * @throws InputException if the training has fewer than {@link #FIRST} + {@link #LAST} steps, or
   *     cannot be begun
   * @throws CancellationException if it was cancelled
   */
  public Verdict run(Consumer<StepReport> progress) {
    long start = System.nanoTime();
    List<StepReport> steps = train("first", Integer.MAX_VALUE, progress);
    double seconds = (System.nanoTime() - start) / 1e9;
    if (steps.size() < FIRST + LAST) {
      throw new InputException(
          "a check needs at least %d steps, since it compares the first %d with the last %d, found %d; raise maxSteps"
              .formatted(FIRST + LAST, FIRST, LAST, steps.size()));
    }
    List<Check> checks = new ArrayList<>();
    checks.add(rewardRises(steps));
    FINITE.stream()
        .filter(metric -> steps.get(0).metrics().containsKey(metric))
        .forEach(metric -> checks.add(isFinite(metric, steps)));
    checks.add(sameSeedSameLoss(steps, train("again", repeated, step -> {})));
    return new Verdict(checks, values(steps, "reward"), values(steps, "loss"), seconds);
  }

  private List<StepReport> train(String name, int most, Consumer<StepReport> progress) {
    Path out = config.out().resolve(name);
    GrpoConfig of = config.with(c -> c.out(out).checkpoint(c.checkpoint().withEvery(0)));
    Collector steps = new Collector(most, progress);
    try (GrpoTrainer trainer = GrpoTrainer.start(of, items, recipe.withListener(steps))) {
      steps.enough = trainer::cancel;
      boolean cancelled = trainer.train().cancelled();
      if (cancelled && steps.made.size() < most) {
        throw new CancellationException("the check was cancelled");
      }
    }
    return steps.made;
  }

  /** Ends a training after some steps: its schedule stays that of the whole. */
  private static final class Collector implements TrainingListener {
    private final List<StepReport> made = new ArrayList<>();
    private final int most;
    private final Consumer<StepReport> progress;
    private Runnable enough = () -> {};

    Collector(int most, Consumer<StepReport> progress) {
      this.most = most;
      this.progress = progress;
    }

    @Override
    public void onStep(StepReport report) {
      made.add(report);
      progress.accept(report);
      if (made.size() == most) {
        enough.run();
      }
    }
  }

  private Check rewardRises(List<StepReport> steps) {
    double before = mean(steps.subList(0, FIRST));
    double after = mean(steps.subList(steps.size() - LAST, steps.size()));
    return new Check(
        "rewardRises",
        after - before >= rise,
        String.format(
            Locale.ROOT,
            "mean reward %.3f in the first %d steps, %.3f in the last %d: %+.3f, at least %+.3f expected",
            before,
            FIRST,
            after,
            LAST,
            after - before,
            rise));
  }

  private static Check isFinite(String metric, List<StepReport> steps) {
    List<Double> values = values(steps, metric);
    int bad =
        IntStream.range(0, values.size())
            .filter(i -> !Double.isFinite(values.get(i)))
            .findFirst()
            .orElse(-1);
    return new Check(
        metric + "IsFinite",
        bad < 0,
        bad < 0
            ? String.format(
                Locale.ROOT, "%s of the last step is %.4g", metric, values.get(values.size() - 1))
            : "%s of step %d is %s".formatted(metric, bad + 1, values.get(bad)));
  }

  private static Check sameSeedSameLoss(List<StepReport> first, List<StepReport> again) {
    for (int i = 0; i < again.size(); i++) {
      for (String name : SAME) {
        double one = metric(name).applyAsDouble(first.get(i));
        double other = metric(name).applyAsDouble(again.get(i));
        if (Double.compare(one, other) != 0) {
          return new Check(
              "sameSeedSameLoss",
              false,
              "%s of step %d was %s, and %s when it was made again"
                  .formatted(name, i + 1, one, other));
        }
      }
    }
    return new Check(
        "sameSeedSameLoss",
        true,
        again.size()
            + " steps made again gave the same losses, rewards and gradients, to the last bit");
  }

  private static double mean(List<StepReport> steps) {
    return steps.stream().mapToDouble(metric("reward")).average().orElseThrow();
  }

  private static List<Double> values(List<StepReport> steps, String name) {
    return steps.stream().map(step -> metric(name).applyAsDouble(step)).toList();
  }

  private static ToDoubleFunction<StepReport> metric(String name) {
    return step -> step.metrics().getOrDefault(name, Double.NaN);
  }
}
