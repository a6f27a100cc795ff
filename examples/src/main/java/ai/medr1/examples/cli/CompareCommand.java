package ai.medr1.examples.cli;

import ai.medr1.eval.Comparison;
import ai.medr1.eval.ComparisonFiles;
import ai.medr1.eval.EvaluatedItem;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Says whether one of two models is better on the same items. */
@Command(
    name = "compare",
    description = {
      "Compares two evaluations of the same items: accuracies, their difference with its 95 %%"
          + " interval, and McNemar's test, over all, per modality and per task, the latter with"
          + " Holm's correction."
    },
    footer = {
      "  medr1 compare before after",
      "  medr1 compare --common --json grpo sft > grpo.json"
    })
final class CompareCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "A",
      description = "Directory of an evaluation, which the other is compared with.")
  private Path first;

  @Parameters(index = "1", paramLabel = "B", description = "Directory of the other evaluation.")
  private Path second;

  @Option(
      names = "--common",
      description = "Compare the items that both have; otherwise another item is an error.")
  private boolean common;

  @Option(names = "--json", description = "Print everything as one JSON object.")
  private boolean json;

  @Override
  public Integer call() {
    List<EvaluatedItem> one = ComparisonFiles.read(first);
    List<EvaluatedItem> other = ComparisonFiles.read(second);
    Comparison comparison = common ? Comparison.ofCommon(one, other) : Comparison.of(one, other);
    PrintWriter out = spec.commandLine().getOut();
    if (json) {
      out.println(ComparisonFiles.json(comparison, first.toString(), second.toString()));
    } else {
      out.print(ComparisonFiles.text(comparison, first.toString(), second.toString()));
    }
    return 0;
  }
}
