package ai.medr1.examples.cli;

import ai.medr1.report.ReportServer;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Shows the page of a run while it is going. */
@Command(
    name = "watch",
    description = {
      "Serves the page of medr1 report to browsers of this machine, and keeps it up to date while"
          + " the run is going. Ctrl-C ends it.",
      "Listens on the loopback address alone and writes nothing."
    },
    footer = {"  medr1 watch runs/grpo-ct", "  medr1 watch study --port 8080"})
final class WatchCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      arity = "1",
      paramLabel = "RUN",
      description = "Directory of an experiment, an evaluation or a training run.")
  private Path run = Path.of("");

  @Option(
      names = "--port",
      paramLabel = "N",
      defaultValue = "0",
      description = "Where to listen; without it a free port.")
  private int port;

  @Override
  public Integer call() throws InterruptedException {
    if (port < 0 || port > 65535) {
      throw new ParameterException(
          spec.commandLine(), "--port is 0 to 65535, found " + port + "; 0 takes a free one");
    }
    List<Path> runs = List.of(run);
    try (ReportServer server = ReportServer.start(ReportCommand.title(runs), runs, port)) {
      PrintWriter out = spec.commandLine().getOut();
      out.println(server.address());
      out.flush();
      new CountDownLatch(1).await(); // until the process is told to end
    }
    return 0;
  }
}
