package ai.medr1.report;

import ai.medr1.core.InputException;
import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.eval.Comparison;
import ai.medr1.eval.stats.Interval;
import ai.medr1.eval.stats.Paired;
import ai.medr1.eval.stats.PairedMeans;
import ai.medr1.eval.text.TextScore;
import ai.medr1.report.internal.figure.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;

/** Every evaluation compared with the first, item by item. */
final class PairedTables {
  private static final String METHOD =
      "Difference in percentage points. p: McNemar's test, exact where one alone is right on fewer"
          + " than 25 items, else from the chi-square distribution; Holm: p corrected for the"
          + " number of modalities, or of tasks.";

  private static final String TEXTS =
      "Difference in percentage points, its interval by the bootstrap over items; p: the test that"
          + " flips the signs of the differences.";

  private static final String NO_BREAK = "\u00a0";

  private PairedTables() {}

  static void write(Page page, List<EvaluationRun> runs) {
    runs.stream().skip(1).forEach(run -> write(page, runs.get(0), run));
  }

  private static void write(Page page, EvaluationRun first, EvaluationRun second) {
    Comparison comparison;
    try {
      comparison = Comparison.of(first.rows(), second.rows());
    } catch (InputException otherItems) {
      page.paragraph(
          "No paired test of %s and %s: %s"
              .formatted(first.name(), second.name(), otherItems.getMessage()));
      return;
    }
    page.table(
        "Paired test, %s against %s".formatted(second.name(), first.name()),
        new Table(header(first.name(), second.name()), rows(comparison)));
    page.paragraph(METHOD);
    texts(page, comparison, first.name(), second.name());
  }

  private static void texts(Page page, Comparison comparison, String first, String second) {
    if (comparison.texts().isEmpty()) {
      return;
    }
    page.table(
        "Scores of texts, %s against %s".formatted(second, first),
        new Table(
            List.of("", "items", first + " %", second + " %", "difference", "95 % interval", "p"),
            comparison.texts().entrySet().stream()
                .map(entry -> row(entry.getKey(), entry.getValue()))
                .toList()));
    page.paragraph(TEXTS);
  }

  private static List<String> row(TextScore score, PairedMeans paired) {
    return List.of(
        score.title(),
        String.valueOf(paired.n()),
        Statistics.percent(paired.first()),
        Statistics.percent(paired.second()),
        signed(paired.difference().mean()),
        range(paired.difference().interval()),
        p(paired.pValue()));
  }

  private static List<String> header(String first, String second) {
    return List.of(
        "",
        "items",
        first + " %",
        second + " %",
        "difference",
        "95 % interval",
        "p",
        "Holm",
        "only " + first,
        "only " + second);
  }

  private static List<List<String>> rows(Comparison comparison) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(row("Overall", comparison.overall(), "–"));
    comparison.lenient().ifPresent(paired -> rows.add(row("Letters read leniently", paired, "–")));
    rows.addAll(rows(comparison.byModality(), Modality::fullName));
    rows.addAll(rows(comparison.byTask(), Task::fullName));
    return rows;
  }

  private static <K> List<List<String>> rows(
      Map<K, Comparison.Group> groups, Function<K, String> name) {
    return groups.entrySet().stream()
        .map(group -> row(name.apply(group.getKey()), group.getValue()))
        .toList();
  }

  private static List<String> row(String name, Comparison.Group group) {
    return row(name, group.paired(), p(group.holm()));
  }

  private static List<String> row(String name, Paired paired, String holm) {
    Interval interval = paired.differenceInterval();
    return List.of(
        name,
        String.valueOf(paired.n()),
        Statistics.percent((double) paired.firstRight() / paired.n()),
        Statistics.percent((double) paired.secondRight() / paired.n()),
        signed(paired.difference()),
        range(interval),
        p(paired.pValue()),
        holm,
        String.valueOf(paired.first()),
        String.valueOf(paired.second()));
  }

  private static String range(Interval interval) {
    return signed(interval.low()) + NO_BREAK + "to" + NO_BREAK + signed(interval.high());
  }

  private static String signed(double difference) {
    String text = String.format(Locale.ROOT, "%+.1f", 100 * difference).replace('-', '−');
    return text.endsWith("0.0") && text.length() == 4 ? "0.0" : text;
  }

  private static String p(double p) {
    return p < 1e-4 ? "<" + NO_BREAK + "0.0001" : String.format(Locale.ROOT, "%.4f", p);
  }
}
