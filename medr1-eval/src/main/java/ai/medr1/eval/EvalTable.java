package ai.medr1.eval;

import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reports as a table for terminals: plain ASCII, within 100 columns for one or two reports. */
public final class EvalTable {
  private final List<EvalReport> reports;
  private final StringBuilder out = new StringBuilder();

  private EvalTable(List<EvalReport> reports) {
    this.reports = reports;
  }

  /** One report; every line ends in a newline. */
  public static String of(EvalReport report) {
    return new EvalTable(List.of(report)).format();
  }

  /** Two reports side by side, each under its title; a group may be missing from either. */
  public static String of(String title, EvalReport report, String title2, EvalReport report2) {
    EvalTable table = new EvalTable(List.of(report, report2));
    table.line("", List.of(cell(title, "", ""), cell(title2, "", "")));
    return table.format();
  }

  private String format() {
    row("", r -> cell("right/n", "accuracy", "95 % interval"));
    row("Overall", r -> cell(r.overall()));
    groups("By modality", EvalReport::byModality, Modality::fullName);
    groups("By task", EvalReport::byTask, Task::fullName);
    row("Unparsable answers", r -> cell(String.valueOf(r.unparsable()), "", ""));
    row("Skipped items", r -> cell(String.valueOf(r.skipped()), "", ""));
    return out.toString();
  }

  private <K extends Enum<K>> void groups(
      String title, Function<EvalReport, Map<K, Score>> groups, Function<K, String> name) {
    Set<K> keys =
        reports.stream()
            .flatMap(r -> groups.apply(r).keySet().stream())
            .collect(Collectors.toCollection(TreeSet::new));
    if (!keys.isEmpty()) {
      row(title, r -> "");
    }
    keys.forEach(key -> row("  " + name.apply(key), r -> cell(groups.apply(r), key)));
  }

  private void row(String name, Function<EvalReport, String> cell) {
    line(name, reports.stream().map(cell).toList());
  }

  private void line(String name, List<String> cells) {
    out.append("%-30s%s".formatted(name, String.join("", cells)).stripTrailing()).append('\n');
  }

  private static <K> String cell(Map<K, Score> scores, K key) {
    Score score = scores.get(key);
    return score == null ? cell("-", "", "") : cell(score);
  }

  private static String cell(Score score) {
    return cell(
        score.right() + "/" + score.n(),
        percent(score.accuracy()) + " %",
        percent(score.low()) + " - " + percent(score.high()));
  }

  private static String cell(String count, String accuracy, String interval) {
    return "%12s %8s %13s".formatted(count, accuracy, interval);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f", 100 * share);
  }
}
