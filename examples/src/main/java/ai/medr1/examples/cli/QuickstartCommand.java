package ai.medr1.examples.cli;

import ai.medr1.examples.quickstart.Quickstart;
import ai.medr1.examples.quickstart.QuickstartOptions;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows everything once, on a CPU, in a few minutes. */
@Command(
    name = "quickstart",
    description = {
      "Draws phantoms, takes a small warmed-up Qwen2-VL, trains it with GRPO and evaluates it on"
          + " held-out questions before and after.",
      "Leaves report.html, summary.json, the checkpoints and the data in the directory."
    },
    footer = {
      "  medr1 quickstart",
      "  medr1 quickstart --out quickstart-7 --seed 7",
      "  medr1 quickstart --out scratch --from-scratch"
    })
final class QuickstartCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--out",
      paramLabel = "DIR",
      defaultValue = "quickstart",
      description = "A new directory for everything; default quickstart.")
  private Path out = Path.of("");

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "1",
      description = "Decides the phantoms, the order of the data and all samples; default 1.")
  private long seed;

  @Option(
      names = "--from-scratch",
      description =
          "Warm a new model up as well, which takes about a quarter of an hour on two cores.")
  private boolean fromScratch;

  @Override
  public Integer call() throws Exception {
    QuickstartOptions options = new QuickstartOptions(out, seed, fromScratch);
    return Interrupts.heeding(
        spec.commandLine().getErr(),
        () -> {
          new Quickstart(options, System.out, Terminal.present()).run();
          return 0;
        });
  }
}
