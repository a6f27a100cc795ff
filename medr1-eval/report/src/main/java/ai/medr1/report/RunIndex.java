package ai.medr1.report;

import ai.medr1.core.AtomicFile;
import ai.medr1.core.InputException;
import ai.medr1.eval.Score;
import ai.medr1.report.internal.figure.Curve;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A page about all runs below a folder: a table that can be sorted, and a page for each of them.
 * Runs within an experiment belong to it.
 */
public final class RunIndex {
  private static final int DEPTH = 4;
  private static final List<String> HEADER =
      List.of(
          "Run", "Kind", "Begun (UTC)", "Time", "Steps", "Reward", "Questions", "Right %", "95 %");

  private final Path folder;
  private final List<Path> runs = new ArrayList<>();

  private RunIndex(Path folder) {
    this.folder = folder;
    find(folder, DEPTH);
  }

  /**
   * Finds the runs below a folder.
   *
   * @throws InputException if there is none
   */
  public static RunIndex of(Path folder) {
    RunIndex index = new RunIndex(folder);
    if (index.runs.isEmpty()) {
      throw new InputException(
          folder
              + ": expected the directory of a run, or a folder with such directories; found no"
              + " training, evaluation or experiment in it");
    }
    return index;
  }

  /** Whether a path is a folder that is no run itself. */
  public static boolean isFolder(Path path) {
    return Files.isDirectory(path) && !RunInput.isRun(path);
  }

  private void find(Path place, int depth) {
    if (RunInput.isRun(place)) {
      runs.add(place);
    } else if (depth > 0) {
      try (Stream<Path> entries = Files.list(place)) {
        entries.filter(Files::isDirectory).sorted().forEach(entry -> find(entry, depth - 1));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /**
   * Writes the page, and {@code report.html} into each of the runs.
   *
   * @param file in the folder
   */
  public void write(String title, Path file) {
    Page page = new Page(false);
    page.section("Runs");
    page.paragraph("A click on the name of a column sorts by it.");
    page.html()
        .open("div", "class", "scroll", "tabindex", "0", "role", "group", "aria-label", "Runs")
        .open("table", "class", "sortable")
        .open("thead")
        .open("tr");
    HEADER.forEach(
        head ->
            page.html()
                .open("th", "scope", "col")
                .leaf("button", head, "type", "button")
                .close("th"));
    page.html().close("tr").close("thead").open("tbody");
    runs.forEach(run -> row(page, run, file));
    page.html().close("tbody").close("table").close("div");
    page.endSection();
    AtomicFile.write(file, Document.of(title, page, Optional.empty()));
  }

  private void row(Page page, Path run, Path file) {
    String name = folder.relativize(run).toString().replace('\\', '/');
    Path report = run.resolve("report.html");
    Report read = Report.read(name, List.of(run));
    read.write(report);
    Path beside = file.toAbsolutePath().getParent();
    String link =
        (beside == null ? report : beside.relativize(report.toAbsolutePath()))
            .toString()
            .replace('\\', '/');
    page.html().open("tr").open("th", "scope", "row").leaf("a", name, "href", link).close("th");
    cells(read.runs().get(0)).forEach(cell -> cell.write(page.html()));
    page.html().close("tr");
  }

  /** What is shown, and what is sorted by. */
  private record CellText(String text, String value) {
    static final CellText NONE = new CellText("–", "");

    void write(Html html) {
      html.leaf("td", text, "data-value", value);
    }

    static CellText of(String text) {
      return new CellText(text, text);
    }

    static CellText of(String format, double value) {
      return Double.isFinite(value)
          ? new CellText(String.format(Locale.ROOT, format, value), String.valueOf(value))
          : NONE;
    }
  }

  private static List<CellText> cells(RunInput run) {
    List<CellText> cells = new ArrayList<>();
    cells.add(CellText.of(kind(run)));
    Optional<JsonNode> machine = run.settings().environment();
    cells.add(machine.map(m -> begun(m.path("started").asText())).orElse(CellText.NONE));
    cells.add(
        machine
            .filter(m -> m.path("seconds").isNumber())
            .map(m -> m.path("seconds").asDouble())
            .map(s -> new CellText(Summary.duration(s), String.valueOf(s)))
            .orElse(CellText.NONE));
    cells.addAll(run instanceof Training training ? learned(training) : nothing(2));
    cells.addAll(
        run instanceof EvaluationRun evaluation
            ? evaluation.score(all -> true).map(RunIndex::right).orElse(nothing(3))
            : nothing(3));
    return cells;
  }

  /** {@code 2026-11-25T16:05:15Z} to the minute. */
  private static CellText begun(String instant) {
    return new CellText(instant.replaceFirst("T(\\d\\d:\\d\\d).*", " $1"), instant);
  }

  private static String kind(RunInput run) {
    if (run instanceof Training) {
      return "training";
    }
    return run instanceof EvaluationRun ? "evaluation" : "experiment";
  }

  private static List<CellText> learned(Training run) {
    Curve reward = run.curve("reward");
    return List.of(
        CellText.of("%.0f", run.lastStep().orElse(0)), CellText.of("%.2f", reward.mean(0.75, 1)));
  }

  private static List<CellText> right(Score score) {
    return List.of(
        CellText.of("%.0f", score.n()),
        CellText.of("%.1f", 100 * score.accuracy()),
        new CellText(Statistics.interval(score), String.valueOf(score.low())));
  }

  private static List<CellText> nothing(int cells) {
    return Stream.generate(() -> CellText.NONE).limit(cells).toList();
  }
}
