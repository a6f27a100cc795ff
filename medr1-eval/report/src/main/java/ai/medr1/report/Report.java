package ai.medr1.report;

import ai.medr1.core.AtomicFile;
import ai.medr1.core.InputException;
import ai.medr1.report.internal.figure.Figure;
import ai.medr1.report.internal.figure.Grid;
import ai.medr1.report.internal.figure.HeatMap;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One HTML page about runs, made of their files. The page holds its images and figures within
 * itself, loads nothing, and works without its script but for the filter of the gallery.
 *
 * <p>Figures are drawn by JFreeChart on Batik's SVG canvas.
 */
public final class Report {
  private final String title;
  private final List<RunInput> runs;

  private Report(String title, List<RunInput> runs) {
    this.title = title;
    this.runs = runs;
  }

  /**
   * Reads what there is of some runs, which may still be going.
   *
   * @param title of the page
   * @param paths directories of experiments, evaluations and training runs, or JSON files with
   *     matrices; at least one
   * @throws InputException if one of them is none of these, or is damaged
   */
  public static Report read(String title, List<Path> paths) {
    if (paths.isEmpty()) {
      throw new InputException("a report needs at least one run, found none");
    }
    List<String> names = names(paths);
    List<RunInput> runs = new ArrayList<>();
    for (int i = 0; i < paths.size(); i++) {
      runs.add(RunInput.read(names.get(i), paths.get(i)));
    }
    return new Report(title, runs);
  }

  /** Names of files, with the folder before those that several have. */
  private static List<String> names(List<Path> paths) {
    Map<String, Integer> uses = new HashMap<>();
    paths.forEach(path -> uses.merge(name(path, 1), 1, Integer::sum));
    return paths.stream()
        .map(path -> name(path, uses.getOrDefault(name(path, 1), 1) > 1 ? 2 : 1))
        .toList();
  }

  private static String name(Path path, int parts) {
    Path whole = path.toAbsolutePath().normalize();
    int count = whole.getNameCount();
    String name = count == 0 ? "" : whole.subpath(Math.max(0, count - parts), count).toString();
    return name.replaceFirst("\\.json$", "");
  }

  /**
   * Writes the page, and every figure as SVG and as PNG to the folder {@code figures} beside it.
   * Each file is replaced as a whole.
   *
   * @throws InputException if a file cannot be written
   */
  public void write(Path file) {
    Page page = page(true);
    Path folder = file.toAbsolutePath().resolveSibling("figures");
    for (Figure figure : page.figures()) {
      write(folder.resolve(figure.id() + ".svg"), figure.svg());
      AtomicFile.write(folder.resolve(figure.id() + ".png"), figure.png());
    }
    write(file, Document.of(title, page, Optional.empty()));
  }

  private static void write(Path file, String text) {
    AtomicFile.write(file, text);
  }

  /**
   * The page as it is served while a run is going.
   *
   * @param version of the files that it was made of
   */
  String live(String version) {
    return Document.of(title, page(false), Optional.of(version));
  }

  /** What was read. */
  List<RunInput> runs() {
    return runs;
  }

  /** The figures alone. */
  List<Figure> figures() {
    return page(false).figures();
  }

  private Page page(boolean figureFiles) {
    Page page = new Page(figureFiles);
    Summary.write(page, of(EvaluationRun.class), of(Training.class));
    of(ExperimentRun.class).forEach(experiment -> ExperimentSection.write(page, experiment));
    compare(page, of(ExperimentRun.class));
    of(Published.class).forEach(published -> published(page, published));
    EvaluationSection.write(page, of(EvaluationRun.class));
    TrainingSection.write(page, of(Training.class));
    Gallery.write(page, answers(), completions());
    SettingsSection.write(page, runs);
    return page;
  }

  private <T> List<T> of(Class<T> kind) {
    return runs.stream().filter(kind::isInstance).map(kind::cast).toList();
  }

  /** Every later experiment less the first, for the variants that both have. */
  private static void compare(Page page, List<ExperimentRun> experiments) {
    List<Figure> figures = new ArrayList<>();
    for (ExperimentRun other :
        experiments.subList(Math.min(1, experiments.size()), experiments.size())) {
      figures.addAll(improvements(page, experiments.get(0), other));
    }
    if (!figures.isEmpty()) {
      page.section("Experiments compared");
      page.figures(figures);
      page.endSection();
    }
  }

  private static List<Figure> improvements(Page page, ExperimentRun first, ExperimentRun other) {
    List<Figure> figures = new ArrayList<>();
    for (String variant : other.variants()) {
      if (first.variants().contains(variant) && first.names().equals(other.names())) {
        Grid matrix = other.accuracies(variant);
        Grid less = first.accuracies(variant);
        if (matrix.fits(less)) {
          ExperimentSection.improvement(
                  page.id("improvement " + other.name() + " " + variant),
                  "%s over %s, %s".formatted(other.name(), first.name(), variant),
                  matrix,
                  less)
              .ifPresent(figures::add);
        }
      }
    }
    return figures;
  }

  private static void published(Page page, Published published) {
    page.section(published.name());
    published.notes().forEach((key, text) -> page.paragraph(words(key) + ": " + text));
    page.figures(
        published.matrices().entrySet().stream()
            .map(
                entry ->
                    HeatMap.differences(
                        page.id(published.name() + " " + entry.getKey()),
                        words(entry.getKey()),
                        entry.getValue(),
                        2))
            .toList());
    page.endSection();
  }

  /** {@code task_improvement} as {@code Task improvement}. */
  private static String words(String key) {
    String words = key.replace('_', ' ');
    return Character.toUpperCase(words.charAt(0)) + words.substring(1);
  }

  /** Answers of several evaluations to the same question stand together. */
  private List<Example> answers() {
    Map<String, Example> examples = new LinkedHashMap<>();
    runs.stream()
        .filter(run -> !(run instanceof Training))
        .flatMap(this::answers)
        .forEach(example -> examples.merge(example.key(), example, Example::with));
    return List.copyOf(examples.values());
  }

  /** Variants of a study that is not the only run are named with it. */
  private Stream<Example> answers(RunInput run) {
    return run instanceof ExperimentRun && runs.size() > 1
        ? run.examples().stream().map(example -> example.from(run.name()))
        : run.examples().stream();
  }

  private List<Example> completions() {
    return of(Training.class).stream().flatMap(run -> run.examples().stream()).toList();
  }
}
