package ai.medr1.report;

import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.EvalStatistics;
import ai.medr1.eval.EvaluatedItem;
import ai.medr1.eval.Score;
import ai.medr1.eval.stats.Mean;
import ai.medr1.eval.text.TextScore;
import ai.medr1.report.internal.figure.Bars;
import ai.medr1.report.internal.figure.Figure;
import ai.medr1.report.internal.figure.Grid;
import ai.medr1.report.internal.figure.HeatMap;
import ai.medr1.report.internal.figure.Table;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Stream;

/** Accuracies of evaluations, side by side. */
final class EvaluationSection {
  private static final String OVERALL = "Overall";
  private static final List<String> MODALITIES =
      Arrays.stream(Modality.values()).map(Modality::fullName).toList();
  private static final List<String> TASKS =
      Arrays.stream(Task.values()).map(Task::fullName).toList();

  private static final char NO_BREAK_HYPHEN = '\u2011';
  private static final Set<TextScore> HEADLINES =
      EnumSet.of(TextScore.EXACT_MATCH, TextScore.TOKEN_F1);

  private final Page page;
  private final List<EvaluationRun> runs;

  private EvaluationSection(Page page, List<EvaluationRun> runs) {
    this.page = page;
    this.runs = runs;
  }

  /** A section where there is an evaluation that has answers. */
  static void write(Page page, List<EvaluationRun> evaluations) {
    List<EvaluationRun> answered =
        evaluations.stream().filter(run -> !run.answers().isEmpty()).toList();
    if (!answered.isEmpty()) {
      new EvaluationSection(page, answered).write();
    }
  }

  private void write() {
    page.section("Accuracy");
    page.html().open("div", "class", "numbers");
    runs.forEach(this::headline);
    page.html().close("div");
    List<Figure> bars = new ArrayList<>();
    bars("modality", MODALITIES, Example::modality).ifPresent(bars::add);
    bars("task", TASKS, Example::task).ifPresent(bars::add);
    page.figures(bars);
    page.figures(maps());
    page.figures(differences());
    runs.forEach(this::texts);
    PairedTables.write(page, runs);
    page.figures(AnswerFigures.of(page, runs));
    runs.forEach(run -> Statistics.write(page, run));
    page.endSection();
  }

  private void headline(EvaluationRun run) {
    Score score = run.score(all -> true).orElseThrow();
    number(run.name(), score);
    EvalStatistics statistics = new EvalStatistics(run.rows());
    if (mixed(run)) {
      statistics.letters().ifPresent(letters -> number(run.name() + ", letters", letters));
    }
    statistics
        .lenient()
        .ifPresent(letters -> number(run.name() + ", letters read leniently", letters.score()));
    statistics.texts().entrySet().stream()
        .filter(text -> HEADLINES.contains(text.getKey()))
        .forEach(text -> number(run.name() + ", texts: " + text.getKey().title(), text.getValue()));
  }

  private void number(String name, Score score) {
    number(
        name,
        score.accuracy(),
        "%d of %d right; 95 %% interval %s %%"
            .formatted(score.right(), score.n(), Statistics.interval(score)));
  }

  private void number(String name, Mean mean) {
    number(
        name,
        mean.mean(),
        "mean of %d; 95 %% interval %s to %s %%"
            .formatted(
                mean.n(),
                Statistics.percent(mean.interval().low()),
                Statistics.percent(mean.interval().high())));
  }

  private void number(String name, double share, String explanation) {
    page.html()
        .open("div", "class", "number")
        .leaf("p", name, "class", "kinds")
        .leaf("p", Statistics.percent(share) + " %", "class", "big")
        .leaf("p", explanation)
        .close("div");
  }

  /** Bars for everything that is known; empty where that is the overall accuracy of one run. */
  private Optional<Figure> bars(
      String kind, List<String> names, Function<Example, Optional<String>> key) {
    List<String> groups = new ArrayList<>(present(names, key));
    if (groups.isEmpty() && kind.equals("task")) {
      return Optional.empty();
    }
    groups.add(0, OVERALL);
    Map<String, Map<String, Score>> scores = new LinkedHashMap<>();
    runs.forEach(
        run -> {
          scores.put(run.name(), scores(run, groups, key));
          Map<String, Score> lenient =
              letters(run, groups, kind, s -> s.lenient().map(letters -> letters.score()));
          if (!lenient.isEmpty()) {
            if (mixed(run)) {
              scores.put(
                  run.name() + ", letters", letters(run, groups, kind, EvalStatistics::letters));
            }
            scores.put(run.name() + ", letters read leniently", lenient);
          }
        });
    return Optional.of(
        Bars.of(page.id("accuracy by " + kind), "Accuracy by " + kind, groups, scores));
  }

  /** Whether there are letters and texts. */
  private static boolean mixed(EvaluationRun run) {
    EvalStatistics statistics = new EvalStatistics(run.rows());
    return statistics.letters().isPresent() && !statistics.texts().isEmpty();
  }

  /** A score of the letters of the same groups. */
  private static Map<String, Score> letters(
      EvaluationRun run,
      List<String> groups,
      String kind,
      Function<EvalStatistics, Optional<Score>> score) {
    Map<String, Score> scores = new LinkedHashMap<>();
    for (String group : groups) {
      score
          .apply(
              new EvalStatistics(run.rows().stream().filter(row -> in(row, kind, group)).toList()))
          .ifPresent(found -> scores.put(group, found));
    }
    return scores;
  }

  private static boolean in(EvaluatedItem row, String kind, String group) {
    Optional<String> name =
        kind.equals("modality")
            ? row.item().modality().map(Modality::fullName)
            : row.item().task().map(Task::fullName);
    return group.equals(OVERALL) || name.filter(group::equals).isPresent();
  }

  private static Map<String, Score> scores(
      EvaluationRun run, List<String> groups, Function<Example, Optional<String>> key) {
    Map<String, Score> scores = new LinkedHashMap<>();
    for (String group : groups) {
      run.score(e -> group.equals(OVERALL) || key.apply(e).filter(group::equals).isPresent())
          .ifPresent(score -> scores.put(group, score));
    }
    return scores;
  }

  private List<String> present(List<String> names, Function<Example, Optional<String>> key) {
    return names.stream()
        .filter(
            name ->
                answers().anyMatch(answer -> key.apply(answer).filter(name::equals).isPresent()))
        .toList();
  }

  private Stream<Example> answers() {
    return runs.stream().flatMap(run -> run.answers().stream());
  }

  private List<Figure> maps() {
    if (!crossed()) {
      return List.of();
    }
    List<Grid> all = runs.stream().map(this::matrix).toList();
    return runs.stream()
        .map(
            run ->
                HeatMap.accuracies(
                    page.id("map " + run.name()),
                    "Accuracy by modality and task, " + run.name(),
                    matrix(run),
                    all))
        .toList();
  }

  /** Every run less the first. */
  private List<Figure> differences() {
    if (!crossed()) {
      return List.of();
    }
    Grid first = matrix(runs.get(0));
    return runs.stream()
        .skip(1)
        .flatMap(
            run ->
                ExperimentSection.improvement(
                    page.id("improvement " + run.name()),
                    run.name() + " over " + runs.get(0).name(),
                    matrix(run),
                    first)
                    .stream())
        .toList();
  }

  /** The scores of texts, over all of them and by what the data tell. */
  private void texts(EvaluationRun run) {
    if (new EvalStatistics(run.rows()).texts().isEmpty()) {
      return;
    }
    List<List<String>> rows = new ArrayList<>();
    texts(rows, OVERALL, run.rows());
    texts(rows, run, item -> item.answerType().map(Enum::name).map(EvaluationSection::lower));
    texts(rows, run, item -> item.modality().map(Modality::fullName));
    texts(rows, run, item -> item.task().map(Task::fullName));
    texts(rows, run, VqaItem::dataset);
    List<String> header = new ArrayList<>(List.of("mean in %", "items"));
    Arrays.stream(TextScore.values())
        .map(score -> score.title().replace('-', NO_BREAK_HYPHEN))
        .forEach(header::add);
    page.table("Scores of texts, " + run.name(), new Table(header, rows));
    page.paragraph(
        "Number, yes or no, and list are of the right answers that are such. Intervals are among"
            + " all statistics below.");
  }

  private static void texts(
      List<List<String>> rows, EvaluationRun run, Function<VqaItem, Optional<String>> key) {
    Map<String, List<EvaluatedItem>> groups = new TreeMap<>();
    run.rows()
        .forEach(
            row ->
                key.apply(row.item())
                    .ifPresent(
                        name -> groups.computeIfAbsent(name, n -> new ArrayList<>()).add(row)));
    groups.forEach((name, some) -> texts(rows, name, some));
  }

  private static void texts(List<List<String>> rows, String name, List<EvaluatedItem> some) {
    Map<TextScore, Mean> means = new EvalStatistics(some).texts();
    Optional.ofNullable(means.get(TextScore.EXACT_MATCH))
        .ifPresent(
            all -> {
              List<String> row = new ArrayList<>(List.of(name, String.valueOf(all.n())));
              for (TextScore score : TextScore.values()) {
                row.add(
                    Optional.ofNullable(means.get(score))
                        .map(mean -> Statistics.percent(mean.mean()))
                        .orElse("–"));
              }
              rows.add(row);
            });
  }

  private static String lower(String name) {
    return name.toLowerCase(Locale.ROOT);
  }

  /** Whether there is more to say about modalities and tasks together than about each. */
  private boolean crossed() {
    return present(MODALITIES, Example::modality).size() > 1
        && present(TASKS, Example::task).size() > 1;
  }

  private Grid matrix(EvaluationRun run) {
    List<String> rows = present(MODALITIES, Example::modality);
    List<String> columns = present(TASKS, Example::task);
    double[][] values = new double[rows.size()][columns.size()];
    for (int row = 0; row < values.length; row++) {
      for (int column = 0; column < columns.size(); column++) {
        values[row][column] = cell(run, rows.get(row), columns.get(column));
      }
    }
    return new Grid("Modality", "Task", rows, columns, values);
  }

  private static double cell(EvaluationRun run, String modality, String task) {
    return run.score(
            e ->
                e.modality().filter(modality::equals).isPresent()
                    && e.task().filter(task::equals).isPresent())
        .map(score -> 100 * score.accuracy())
        .orElse(Double.NaN);
  }
}
