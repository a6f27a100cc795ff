package ai.medr1.examples.shell;

import ai.medr1.eval.EvalReport;
import java.nio.file.Path;
import java.util.Locale;

/**
 * What an evaluation found.
 *
 * @param directory of its files
 */
public record Evaluated(Path directory, EvalReport report) {
  @Override
  public String toString() {
    return String.format(
        Locale.ROOT,
        "%d of %d right (%.1f %%), in %s",
        report.overall().right(),
        report.overall().n(),
        100 * report.overall().accuracy(),
        directory);
  }
}
