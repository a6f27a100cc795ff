package ai.medr1.report;

import ai.medr1.eval.EvalStatistics;
import ai.medr1.eval.EvalStatistics.Position;
import ai.medr1.eval.Score;
import ai.medr1.eval.stats.Calibration;
import ai.medr1.report.internal.figure.Bars;
import ai.medr1.report.internal.figure.Figure;
import ai.medr1.report.internal.figure.Reliability;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Which places among the options are chosen and right, and how far probabilities can be trusted.
 */
final class AnswerFigures {
  private static final String GOLD = "the right answers";

  private final Page page;
  private final Map<String, EvalStatistics> runs = new LinkedHashMap<>();

  private AnswerFigures(Page page, List<EvaluationRun> evaluations) {
    this.page = page;
    evaluations.stream()
        .filter(run -> !run.rows().isEmpty())
        .forEach(run -> runs.put(run.name(), new EvalStatistics(run.rows())));
  }

  static List<Figure> of(Page page, List<EvaluationRun> evaluations) {
    AnswerFigures figures = new AnswerFigures(page, evaluations);
    List<Figure> all = new ArrayList<>(figures.places());
    figures.runs.forEach((name, run) -> figures.reliability(name, run).ifPresent(all::add));
    return all;
  }

  private List<Figure> places() {
    List<String> letters =
        runs.values().stream()
            .flatMap(run -> run.positions().stream())
            .map(Position::letter)
            .distinct()
            .sorted()
            .toList();
    Map<String, Map<String, Score>> accuracies = runs(run -> byLetter(run, Position::score));
    List<String> right =
        letters.stream()
            .filter(letter -> accuracies.values().stream().anyMatch(a -> a.containsKey(letter)))
            .toList();
    // Where no right answer is an option, there is nothing to say about places.
    return right.isEmpty() ? List.of() : List.of(accuracies(right, accuracies), chosen(letters));
  }

  private Figure accuracies(List<String> letters, Map<String, Map<String, Score>> scores) {
    return Bars.of(
        page.id("accuracy by place"), "Accuracy by place of the right answer", letters, scores);
  }

  /** Beside the places of the right answers, in the first run that has options. */
  private Figure chosen(List<String> letters) {
    Map<String, Map<String, Score>> shares = runs(run -> byLetter(run, p -> of(run, p.chosen())));
    runs.values().stream()
        .filter(run -> !run.positions().isEmpty())
        .findFirst()
        .ifPresent(run -> shares.put(GOLD, byLetter(run, p -> of(run, gold(p)))));
    return Bars.shares(
        page.id("chosen places"), "How often each place is chosen", letters, shares, GOLD);
  }

  private static int gold(Position position) {
    return position.score().map(Score::n).orElse(0);
  }

  /** A count as a share of the items with options. */
  private static Optional<Score> of(EvalStatistics run, int count) {
    return run.guessing().map(items -> new Score(items.chances().size(), count));
  }

  private Map<String, Map<String, Score>> runs(
      Function<EvalStatistics, Map<String, Score>> scores) {
    Map<String, Map<String, Score>> all = new LinkedHashMap<>();
    runs.forEach((name, run) -> all.put(name, scores.apply(run)));
    return all;
  }

  private static Map<String, Score> byLetter(
      EvalStatistics run, Function<Position, Optional<Score>> score) {
    return run.positions().stream()
        .filter(position -> score.apply(position).isPresent())
        .collect(Collectors.toMap(Position::letter, p -> score.apply(p).orElseThrow()));
  }

  private Optional<Figure> reliability(String name, EvalStatistics run) {
    return run.calibration()
        .map(EvalStatistics.LetterCalibration::calibration)
        .map(calibration -> reliability(name, calibration));
  }

  private Figure reliability(String name, Calibration calibration) {
    return Reliability.of(
        page.id("calibration " + name),
        "Calibration, %s: expected error %s %%"
            .formatted(name, Statistics.percent(calibration.expectedError())),
        calibration.bins());
  }
}
