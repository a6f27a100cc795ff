package ai.medr1.examples.cli;

import ai.medr1.report.Report;
import ai.medr1.report.RunIndex;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Makes a page of what runs have written. */
@Command(
    name = "report",
    description = {
      "Makes one HTML page of runs: heat maps, improvements of one over another, curves, accuracies"
          + " with intervals, calibration, paired tests, questions with their answers, configuration and environment.",
      "The page needs no network and nothing beside it. Every figure is also written as SVG and"
          + " PNG, to the folder figures beside the page."
    },
    footer = {
      "  medr1 report study",
      "  medr1 report runs",
      "  medr1 report before after grpo --out report.html \\",
      "      --title \"Before and after\""
    })
final class ReportCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1..*",
      paramLabel = "RUN",
      description =
          "Directory of an experiment, an evaluation or a training run, or a JSON file with"
              + " matrices; or one folder with runs in it, which gets an index.html and a page for"
              + " each of them. Of several evaluations or experiments, the page compares the others"
              + " with the first.")
  private List<Path> runs = List.of();

  @Option(
      names = "--out",
      paramLabel = "FILE",
      description = "The page; without it report.html in the first directory that is given.")
  private Optional<Path> out = Optional.empty();

  @Option(names = "--title", paramLabel = "TEXT", description = "Title of the page.")
  private Optional<String> title = Optional.empty();

  @Override
  public Integer call() {
    if (runs.size() == 1 && RunIndex.isFolder(runs.get(0))) {
      Path index = out.orElse(runs.get(0).resolve("index.html"));
      RunIndex.of(runs.get(0)).write(title.orElseGet(() -> title(runs)), index);
      spec.commandLine().getOut().println(index);
      return 0;
    }
    Path page = out.orElseGet(this::beside);
    Report.read(title.orElseGet(() -> title(runs)), runs).write(page);
    spec.commandLine().getOut().println(page);
    return 0;
  }

  private Path beside() {
    return runs.stream()
        .filter(Files::isDirectory)
        .findFirst()
        .orElse(Path.of(""))
        .resolve("report.html");
  }

  /** The names of the runs. */
  static String title(List<Path> runs) {
    return String.join(
        ", ",
        runs.stream().map(run -> run.toAbsolutePath().normalize().getFileName() + "").toList());
  }
}
