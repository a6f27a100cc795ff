package ai.medr1.report;

import ai.medr1.eval.Score;
import ai.medr1.grpo.experiment.Cell;
import ai.medr1.grpo.experiment.Matrix;
import ai.medr1.grpo.experiment.State;
import ai.medr1.grpo.experiment.TrainedRow;
import ai.medr1.report.ExperimentRun.LoggedTraining;
import ai.medr1.report.internal.figure.Bars;
import ai.medr1.report.internal.figure.Figure;
import ai.medr1.report.internal.figure.Grid;
import ai.medr1.report.internal.figure.HeatMap;
import ai.medr1.report.internal.figure.Table;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** The matrices of a study: what is trained on against what is tested on, for every variant. */
final class ExperimentSection {
  private static final String HOME = "tested on what it was trained on";
  private static final String AWAY = "tested on everything else";

  private static final String POOLED =
      "An item is answered by every model that is tested on it, and each of these answers counts:"
          + " once per variant where models are tested on what they were trained on, several times"
          + " elsewhere. The intervals take all answers as independent, so with several models"
          + " they are narrower than those of as many items would be.";

  private final Page page;
  private final ExperimentRun experiment;
  private final Map<String, Grid> matrices = new LinkedHashMap<>();

  private ExperimentSection(Page page, ExperimentRun experiment) {
    this.page = page;
    this.experiment = experiment;
    if (!experiment.names().isEmpty()) {
      experiment.variants().forEach(v -> matrices.put(v, experiment.accuracies(v)));
    }
  }

  static void write(Page page, ExperimentRun experiment) {
    new ExperimentSection(page, experiment).write();
  }

  private void write() {
    page.section(experiment.name());
    page.paragraph(standing());
    page.figures(maps());
    page.figures(differences());
    List<Figure> bars = bars();
    page.figures(bars);
    if (!bars.isEmpty()) {
      page.paragraph(POOLED);
    }
    experiment.variants().forEach(this::curves);
    page.closed("Every training and every cell", this::cells);
    page.endSection();
  }

  private String standing() {
    if (matrices.isEmpty()) {
      return "Nothing of this experiment is written yet.";
    }
    Matrix matrix = experiment.matrix();
    int failed = matrix.count(State.FAILED);
    return "%d of %d cells are done%s. Rows: the %s trained on; columns: the %s tested on; framed: both are the same. Variants: %s."
        .formatted(
            matrix.count(State.DONE),
            matrix.cells().size(),
            failed == 0 ? "" : ", " + failed + " failed",
            matrix.kind(),
            matrix.kind(),
            String.join(", ", matrix.variants()));
  }

  private List<Figure> maps() {
    List<Grid> all = matrices.values().stream().filter(Grid::hasValues).toList();
    return matrices.entrySet().stream()
        .filter(entry -> entry.getValue().hasValues())
        .map(
            entry ->
                HeatMap.accuracies(
                    id("accuracy", entry.getKey()),
                    "Accuracy, " + entry.getKey(),
                    entry.getValue(),
                    all))
        .toList();
  }

  /** Every variant less each of those that stand behind it. */
  private List<Figure> differences() {
    List<String> variants = List.copyOf(matrices.keySet());
    List<Figure> figures = new ArrayList<>();
    for (int i = 0; i < variants.size(); i++) {
      for (int j = i + 1; j < variants.size(); j++) {
        difference(variants.get(i), variants.get(j)).ifPresent(figures::add);
      }
    }
    return figures;
  }

  private Optional<Figure> difference(String variant, String other) {
    Grid first = experiment.accuracies(variant);
    Grid second = experiment.accuracies(other);
    return first.fits(second)
        ? improvement(
            id("improvement", variant + " " + other), variant + " over " + other, first, second)
        : improvement(
            id("improvement", other + " " + variant), other + " over " + variant, second, first);
  }

  /** The map of one matrix less another, where they have cells in common. */
  static Optional<Figure> improvement(String id, String title, Grid matrix, Grid less) {
    Grid difference = matrix.minus(less);
    return difference.hasValues()
        ? Optional.of(HeatMap.differences(id, "Improvement, " + title, difference, 1))
        : Optional.empty();
  }

  /** An untrained model has nothing of its own: all its items are compared with either group. */
  private List<Figure> bars() {
    Map<String, Map<String, Score>> runs = new LinkedHashMap<>();
    for (String variant : experiment.variants()) {
      Map<String, Score> scores = new LinkedHashMap<>();
      put(scores, HOME, variant, cell -> cell.isHome() || cell.row().isEmpty());
      put(scores, AWAY, variant, cell -> !cell.isHome());
      if (!scores.isEmpty()) {
        runs.put(variant, scores);
      }
    }
    List<String> groups =
        Stream.of(HOME, AWAY)
            .filter(group -> runs.values().stream().anyMatch(s -> s.containsKey(group)))
            .toList();
    return runs.isEmpty()
        ? List.of()
        : List.of(
            Bars.of(
                id("bars", ""),
                "Accuracy of all answers; an item counts once per model",
                groups,
                runs));
  }

  private void put(Map<String, Score> scores, String group, String variant, Predicate<Cell> meant) {
    experiment.pooled(variant, meant).ifPresent(score -> scores.put(group, score));
  }

  private void curves(String variant) {
    List<Training> logs =
        experiment.trainings().stream()
            .filter(training -> training.row().variant().equals(variant))
            .map(LoggedTraining::log)
            .filter(log -> log.lastStep().isPresent())
            .toList();
    if (!logs.isEmpty()) {
      page.html().leaf("h3", "Training curves, " + variant);
      page.figures(
          TrainingSection.curves(page, experiment.name() + " " + variant, ", " + variant, logs));
    }
  }

  private void cells() {
    page.table(
        "Trainings",
        new Table(
            List.of("Variant", "trained on", "state", "steps", "seconds"),
            experiment.trainings().stream().map(ExperimentSection::tableRow).toList()));
    page.table(
        "Cells",
        new Table(
            List.of(
                "Variant",
                "trained on",
                "tested on",
                "state",
                "right",
                "items",
                "accuracy in %",
                "95 % interval",
                "seconds"),
            experiment.matrix().cells().stream().map(ExperimentSection::tableRow).toList()));
  }

  private static List<String> tableRow(LoggedTraining training) {
    TrainedRow row = training.row();
    OptionalInt steps = training.log().lastStep();
    return List.of(
        row.variant(),
        row.row(),
        row.state().toString(),
        steps.isPresent() ? "" + steps.getAsInt() : "–",
        number(row.seconds()));
  }

  private static List<String> tableRow(Cell cell) {
    List<String> row =
        new ArrayList<>(
            List.of(
                cell.variant(),
                cell.row().orElse("–"),
                cell.column(),
                cell.state() + cell.error().map(e -> ": " + e).orElse("")));
    if (cell.score().isPresent()) {
      Score score = cell.score().get();
      row.addAll(List.of(String.valueOf(score.right()), String.valueOf(score.n())));
      row.addAll(List.of(Statistics.percent(score.accuracy()), Statistics.interval(score)));
    } else {
      row.addAll(List.of("–", "–", "–", "–"));
    }
    row.add(number(cell.seconds()));
    return row;
  }

  private static String number(double seconds) {
    return seconds > 0 ? String.format(Locale.ROOT, "%.1f", seconds) : "–";
  }

  private String id(String what, String of) {
    return page.id(String.join(" ", experiment.name(), what, of));
  }
}
