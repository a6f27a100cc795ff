package ai.medr1.examples.cli;

import ai.medr1.data.inspect.Inspector;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Tells what medr1 sees of a path. */
@Command(
    name = "inspect",
    description = {
      "Tells what medr1 sees of an image, a checkpoint, an adapter or data: sizes, kinds, counts,"
          + " what would be ignored, and what would be refused. Ends with 1 where anything would be"
          + " refused.",
    },
    footer = {
      "  medr1 inspect scan.dcm --model Qwen2.5-VL-3B-Instruct",
      "  medr1 inspect Qwen2.5-VL-3B-Instruct --json",
      "  medr1 inspect questions.jsonl"
    })
final class InspectCommand implements Callable<Integer> {
  private static final int REFUSED = 1;

  @Spec private CommandSpec spec;

  @Parameters(
      paramLabel = "PATH",
      description =
          "An image (scan.dcm#3 is the third frame of a DICOM file); the folder of a checkpoint or"
              + " of an adapter; a file or folder of data.")
  private Path path;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description =
          "A checkpoint: its settings say how many tokens an image costs. For an adapter, the base"
              + " in place of the recorded one.")
  private Optional<Path> model = Optional.empty();

  @Option(names = "--json", description = "Print everything as one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    ObjectNode facts = Inspector.inspect(path, model);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(facts.toPrettyString());
    } else {
      out.print(Inspector.text(facts));
    }
    return Inspector.isRefused(facts) ? REFUSED : 0;
  }
}
