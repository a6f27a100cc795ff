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
  private static final int USUAL_COLUMNS = 80;

  /** What changes first: a narrow terminal shows no more. */
  private static final List<Field> FIRST =
      List.of(
          new Field("reward", "reward", "%.2f"),
          new Field("accuracy", "rewards/accuracy/mean", "%.2f"),
          new Field("kl", "kl", "%.3f"));

  private static final List<Field> THEN =
      List.of(
          new Field("loss", "loss", "%.3f"),
          new Field("length", "completions/mean_length", "%.0f"),
          new Field("tokens/s", "tokens_per_s", "%.0f"));

  private final PrintStream out;
  private final boolean terminal;
  private double seconds;
  private long steps;
  private int written;

  private record Field(String label, String metric, String format) {
    /** With blanks before it; empty where the step has no such metric. */
    String text(StepReport report) {
      Double value = report.metrics().get(metric);
      return value == null ? "" : "  " + label + " " + String.format(Locale.ROOT, format, value);
    }
  }

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
    FIRST.forEach(field -> line.append(field.text(report)));
    long left = Math.round(seconds / steps * (report.totalSteps() - report.step()));
    line.append("  " + duration(left) + " left");
    THEN.forEach(
        field -> {
          String text = field.text(report);
          if (!terminal || line.length() + text.length() < columns()) {
            line.append(text);
          }
        });
    return terminal && line.length() >= columns()
        ? line.substring(0, Math.max(1, columns() - 1))
        : line.toString();
  }

  /** Letters in a line; the launcher finds out, since Java cannot. */
  private static int columns() {
    return Integer.getInteger("medr1.columns", USUAL_COLUMNS);
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
