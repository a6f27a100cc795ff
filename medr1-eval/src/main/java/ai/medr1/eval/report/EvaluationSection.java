package ai.medr1.eval.report;

import ai.medr1.data.Modality;
import ai.medr1.data.Task;
import ai.medr1.eval.Score;
import ai.medr1.eval.report.figure.Bars;
import ai.medr1.eval.report.figure.Figure;
import ai.medr1.eval.report.figure.HeatMap;
import ai.medr1.eval.report.figure.Matrix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/** Accuracies of evaluations, side by side. */
final class EvaluationSection {
  private static final String OVERALL = "Overall";
  private static final List<String> MODALITIES =
      Arrays.stream(Modality.values()).map(Modality::fullName).toList();
  private static final List<String> TASKS =
      Arrays.stream(Task.values()).map(Task::fullName).toList();

  private final Page page;
  private final List<Evaluation> runs;

  private EvaluationSection(Page page, List<Evaluation> runs) {
    this.page = page;
    this.runs = runs;
  }

  /** A section where there is an evaluation that has answers. */
  static void write(Page page, List<Evaluation> evaluations) {
    List<Evaluation> answered =
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
    PairedTables.write(page, runs);
    page.figures(AnswerFigures.of(page, runs));
    runs.forEach(run -> Statistics.write(page, run));
    page.endSection();
  }

  private void headline(Evaluation run) {
    Score score = run.score(all -> true).orElseThrow();
    page.html()
        .open("div", "class", "number")
        .leaf("p", run.name(), "class", "kinds")
        .leaf("p", Statistics.percent(score.accuracy()) + " %", "class", "big")
        .leaf(
            "p",
            "%d of %d right; 95 %% interval %s %%"
                .formatted(score.right(), score.n(), Statistics.interval(score)))
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
    runs.forEach(run -> scores.put(run.name(), scores(run, groups, key)));
    return Optional.of(
        Bars.of(page.id("accuracy by " + kind), "Accuracy by " + kind, groups, scores));
  }

  private static Map<String, Score> scores(
      Evaluation run, List<String> groups, Function<Example, Optional<String>> key) {
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
    List<Matrix> all = runs.stream().map(this::matrix).toList();
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
    Matrix first = matrix(runs.get(0));
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

  /** Whether there is more to say about modalities and tasks together than about each. */
  private boolean crossed() {
    return present(MODALITIES, Example::modality).size() > 1
        && present(TASKS, Example::task).size() > 1;
  }

  private Matrix matrix(Evaluation run) {
    List<String> rows = present(MODALITIES, Example::modality);
    List<String> columns = present(TASKS, Example::task);
    double[][] values = new double[rows.size()][columns.size()];
    for (int row = 0; row < values.length; row++) {
      for (int column = 0; column < columns.size(); column++) {
        values[row][column] = cell(run, rows.get(row), columns.get(column));
      }
    }
    return new Matrix("Modality", "Task", rows, columns, values);
  }

  private static double cell(Evaluation run, String modality, String task) {
    return run.score(
            e ->
                e.modality().filter(modality::equals).isPresent()
                    && e.task().filter(task::equals).isPresent())
        .map(score -> 100 * score.accuracy())
        .orElse(Double.NaN);
  }
}
