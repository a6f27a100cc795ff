package ai.medr1.eval;

import ai.medr1.data.AnswerKind;
import ai.medr1.data.AnswerType;
import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.EvalStatistics.Position;
import ai.medr1.eval.stats.Guessing;
import ai.medr1.eval.stats.Interval;
import ai.medr1.eval.stats.Mean;
import ai.medr1.eval.text.TextScore;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Reports as a table for terminals: plain ASCII, within 100 columns for one or two reports. What no
 * report tells has no row.
 */
public final class EvalTable {
  private static final String NOTHING = "";

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
    statistic(
        "  Letters read leniently", s -> s.lenient().map(l -> cell(l.score())).orElse(NOTHING));
    groups("By modality", EvalReport::byModality, Modality::fullName);
    mean(EvalReport::byModality);
    groups("By task", EvalReport::byTask, Task::fullName);
    mean(EvalReport::byTask);
    if (reports.stream().anyMatch(r -> r.byAnswerKind().containsKey(AnswerKind.TEXT))) {
      groups("By kind of answer", EvalReport::byAnswerKind, EvalTable::name);
    }
    groups("By type of answer", EvalReport::byAnswerType, EvalTable::name);
    texts();
    groups("By place of the right answer", EvalTable::positions, Function.identity());
    statistic("  Times chosen", s -> chosen(s.positions()));
    leaks();
    row("Unparsable answers", r -> cell(String.valueOf(r.unparsable()), "", ""));
    row("Skipped items", r -> cell(String.valueOf(r.skipped()), "", ""));
    if (reports.stream().anyMatch(EvalReport::cancelled)) {
      row("Not asked: cancelled", r -> cell(String.valueOf(r.left()), "", ""));
    }
    statistic("Guessing", s -> s.guessing().map(EvalTable::cell).orElse(NOTHING));
    statistic(
        "Always the majority letter",
        s -> s.majorityLetter().map(most -> cell(most.score())).orElse(NOTHING));
    statistic(
        "Always the majority text",
        s -> s.majorityText().map(most -> cell(most.score())).orElse(NOTHING));
    statistic("Calibration error", s -> s.calibration().map(EvalTable::cell).orElse(NOTHING));
    samples();
    return out.toString();
  }

  private <K extends Comparable<K>> void groups(
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

  /** The groups with the same weight for each, where there are several. */
  private <K> void mean(Function<EvalReport, Map<K, Score>> groups) {
    if (reports.stream().anyMatch(r -> groups.apply(r).size() > 1)) {
      row("  Mean of these", r -> cell("", EvalStatistics.macro(groups.apply(r).values())));
    }
  }

  /** The scores of texts that there are, over all of them and by type. */
  private void texts() {
    if (reports.stream().allMatch(r -> statistics(r).texts().isEmpty())) {
      return;
    }
    row("Texts", r -> cell("n", "mean", "95 % interval"));
    texts("  ", EvalReport::items);
    for (AnswerType type : AnswerType.values()) {
      texts(
          "  " + name(type) + ", ",
          r -> r.grouped(VqaItem::answerType).getOrDefault(type, List.of()));
    }
  }

  private void texts(String begin, Function<EvalReport, List<EvaluatedItem>> some) {
    List<Map<TextScore, Mean>> means =
        reports.stream().map(r -> new EvalStatistics(some.apply(r)).texts()).toList();
    for (TextScore score : TextScore.values()) {
      if (means.stream().anyMatch(m -> m.containsKey(score))) {
        line(
            begin + score.title(),
            means.stream().map(m -> mean(Optional.ofNullable(m.get(score)))).toList());
      }
    }
  }

  private static String mean(Optional<Mean> mean) {
    return mean.map(
            m ->
                cell(
                    String.valueOf(m.n()),
                    percent(m.mean()) + " %",
                    range(m.interval().low(), m.interval().high())))
        .orElse(cell("-", "", ""));
  }

  private static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  private static Map<String, Score> positions(EvalReport report) {
    return new EvalStatistics(report.items())
        .positions().stream()
            .filter(position -> position.score().isPresent())
            .collect(Collectors.toMap(Position::letter, p -> p.score().orElseThrow()));
  }

  private static String chosen(List<Position> positions) {
    return positions.isEmpty()
        ? NOTHING
        : wide(
            positions.stream()
                .map(position -> position.letter() + " " + position.chosen())
                .collect(Collectors.joining(", ")));
  }

  private void leaks() {
    boolean any = reports.stream().anyMatch(r -> statistics(r).leaked(true).isPresent());
    if (any) {
      row("Images not trained on", r -> cell(statistics(r).leaked(false)));
      row("Images trained on", r -> cell(statistics(r).leaked(true)));
    }
  }

  private void samples() {
    statistic("pass@1", s -> pass(s, 1));
    int k =
        reports.stream()
            .mapToInt(r -> statistics(r).samples().map(EvalStatistics.Samples::k).orElse(0))
            .max()
            .orElse(0);
    if (k > 1) {
      statistic("pass@" + k, s -> pass(s, k));
      statistic("Majority of " + k, s -> cell(s.samples().map(of -> of.majority())));
    }
  }

  private static String pass(EvalStatistics statistics, int k) {
    return statistics
        .samples()
        .filter(samples -> samples.k() >= k)
        .map(samples -> cell("", OptionalDouble.of(samples.passAtK().get(k - 1))))
        .orElse(NOTHING);
  }

  /** A row, where any report has something in it. */
  private void statistic(String name, Function<EvalStatistics, String> cell) {
    List<String> cells = reports.stream().map(r -> cell.apply(statistics(r))).toList();
    if (cells.stream().anyMatch(c -> !c.isEmpty())) {
      line(name, cells.stream().map(c -> c.isEmpty() ? cell("-", "", "") : c).toList());
    }
  }

  private static EvalStatistics statistics(EvalReport report) {
    return new EvalStatistics(report.items());
  }

  private void row(String name, Function<EvalReport, String> cell) {
    line(name, reports.stream().map(cell).toList());
  }

  private void line(String name, List<String> cells) {
    out.append("%-30s%s".formatted(name, String.join("", cells)).stripTrailing()).append('\n');
  }

  private static <K> String cell(Map<K, Score> scores, K key) {
    return cell(Optional.ofNullable(scores.get(key)));
  }

  private static String cell(Optional<Score> score) {
    return score.map(EvalTable::cell).orElse(cell("-", "", ""));
  }

  private static String cell(Score score) {
    return cell(
        score.right() + "/" + score.n(),
        percent(score.accuracy()) + " %",
        range(score.low(), score.high()));
  }

  private static String cell(Guessing guessing) {
    Interval interval = guessing.interval();
    return cell("", percent(guessing.accuracy()) + " %", range(interval.low(), interval.high()));
  }

  private static String cell(EvalStatistics.LetterCalibration letters) {
    return cell("", OptionalDouble.of(letters.calibration().expectedError()));
  }

  private static String cell(String count, OptionalDouble share) {
    return cell(count, share.isPresent() ? percent(share.getAsDouble()) + " %" : "-", "");
  }

  private static String cell(String count, String accuracy, String interval) {
    return "%12s %8s %13s".formatted(count, accuracy, interval);
  }

  /** Text across the columns of a report. */
  private static String wide(String text) {
    return "%35s".formatted(text);
  }

  private static String range(double low, double high) {
    return percent(low) + " - " + percent(high);
  }

  private static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f", 100 * share);
  }
}
