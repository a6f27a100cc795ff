package ai.medr1.grpo.metrics;

import ai.medr1.core.memory.MemoryPlan;
import ai.medr1.eval.Score;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;

/**
 * Shows how far a run is: one line that is written over on a terminal, about a hundred plain lines
 * elsewhere.
 */
public final class ProgressBar implements TrainingListener {
  private static final int WIDTH = 12;
  private static final int PLAIN_LINES = 100;
  private static final int SHOWN = 80;
  private static final List<Field> FIELDS =
      List.of(
          new Field("loss", "loss", "%.3f"),
          new Field("reward", "reward", "%.2f"),
          new Field("accuracy", "rewards/accuracy/mean", "%.2f"),
          new Field("length", "completions/mean_length", "%.0f"),
          new Field("tokens/s", "tokens_per_s", "%.0f"));

  private final PrintStream out;
  private final boolean terminal;
  private double seconds;
  private long steps;
  private int written;

  private record Field(String label, String metric, String format) {}

  /**
   * @param terminal whether {@code out} understands a carriage return
   */
  public ProgressBar(PrintStream out, boolean terminal) {
    this.out = out;
    this.terminal = terminal;
  }

  @Override
  public void onPlan(MemoryPlan plan) {
    out.println(plan.table());
  }

  @Override
  public void onPeak(MemoryPlan plan, long bytes) {
    endLine();
    out.printf(
        Locale.ROOT,
        "Memory: at most %s until now, %s predicted%n",
        MemoryPlan.size(bytes),
        MemoryPlan.size(plan.peak()));
  }

  @Override
  public void onDryRun(List<CompletionSample> samples) {
    out.println("Rewards of completions before training:");
    for (CompletionSample sample : samples) {
      String text = sample.completion().replaceAll("\\s+", " ");
      String shown = text.length() <= SHOWN ? text : text.substring(0, SHOWN) + "…";
      out.printf(Locale.ROOT, "  %5.2f %s  %s%n", sample.reward(), sample.rewards(), shown);
    }
  }

  @Override
  public void onStep(StepReport report) {
    seconds += report.metrics().getOrDefault("step_time", 0.0);
    steps++;
    String line = line(report);
    if (terminal) {
      out.print("\r" + line + " ".repeat(Math.max(0, written - line.length())));
      out.flush();
      written = line.length();
    } else if (isDue(report)) {
      out.println(line);
    }
  }

  @Override
  public void onEvaluation(HeldOutReport told) {
    endLine();
    Score score = told.report().overall();
    out.printf(
        Locale.ROOT,
        "Held-out items after step %d: accuracy %.3f (%.3f to %.3f, %d items)%s%n",
        told.step(),
        score.accuracy(),
        score.low(),
        score.high(),
        score.n(),
        told.best() && told.step() > 0 ? ", the best so far" : "");
  }

  @Override
  public void onEnd(TrainingResult result) {
    endLine();
    result.best().ifPresent(best -> out.println("The best on held-out items: " + best));
    if (result.cancelled()) {
      out.printf(
          Locale.ROOT, "Cancelled after step %d of %d%n", result.steps(), result.totalSteps());
    }
  }

  @Override
  public void onFailure(Throwable error) {
    endLine();
  }

  /** What comes next begins on a line of its own. */
  private void endLine() {
    if (terminal && written > 0) {
      out.println();
      written = 0;
    }
  }

  private static boolean isDue(StepReport report) {
    long between = Math.max(1, report.totalSteps() / PLAIN_LINES);
    return report.step() % between == 0 || report.step() == report.totalSteps();
  }

  private String line(StepReport report) {
    StringBuilder line = new StringBuilder();
    line.append(report.step()).append('/').append(report.totalSteps());
    if (terminal) {
      int done = (int) (WIDTH * report.step() / Math.max(1, report.totalSteps()));
      line.append(" [" + "#".repeat(done) + "-".repeat(WIDTH - done) + "]");
    }
    for (Field field : FIELDS) {
      if (report.metrics().containsKey(field.metric())) {
        double value = report.metrics().get(field.metric());
        line.append("  " + field.label() + " " + String.format(Locale.ROOT, field.format(), value));
      }
    }
    long left = Math.round(seconds / steps * (report.totalSteps() - report.step()));
    return line.append("  " + duration(left) + " left").toString();
  }

  private static String duration(long seconds) {
    if (seconds < 60) {
      return seconds + "s";
    }
    return seconds < 3600
        ? "%dm%02ds".formatted(seconds / 60, seconds % 60)
        : "%dh%02dm".formatted(seconds / 3600, seconds / 60 % 60);
  }
}
