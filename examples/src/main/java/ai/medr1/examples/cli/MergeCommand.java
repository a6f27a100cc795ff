package ai.medr1.examples.cli;

import ai.medr1.core.InputException;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Makes a plain checkpoint of an adapter and its base. */
@Command(
    name = "merge",
    description = "Adds a LoRA adapter to the weights of its base and writes a plain checkpoint.",
    footer = {
      "  medr1 merge --adapter run/checkpoint-200 --out merged",
      "  medr1 merge --adapter adapter --model Qwen2-VL-2B-Instruct \\",
      "      --dtype bf16 --out merged"
    })
final class MergeCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--adapter",
      required = true,
      paramLabel = "DIR",
      description = "Adapter in PEFT's layout, a checkpoint of a run with LoRA for example.")
  private Path adapter;

  @Option(
      names = "--model",
      paramLabel = "DIR",
      description = "The adapter's base; without it the one that the adapter records.")
  private Optional<Path> model = Optional.empty();

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory to write, new or empty.")
  private Path out;

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      defaultValue = "F32",
      description = "Type of the weights that are written: f32 (default) or bf16.")
  private InitCommand.Weights dtype;

  @Override
  public Integer call() throws IOException {
    if (dtype == InitCommand.Weights.F16) {
      throw new InputException("--dtype is f32 or bf16, found f16");
    }
    Outputs.requireEmpty(out);
    LoadOptions options = LoadOptions.inference().withDtype(dtype.dtype()).withAdapter(adapter);
    try (QwenVl merged = load(options)) {
      merged.save(out);
    }
    spec.commandLine().getOut().println(out);
    return 0;
  }

  private QwenVl load(LoadOptions options) {
    return model
        .map(base -> QwenVl.load(base, options))
        .orElseGet(() -> QwenVl.load(adapter, options));
  }
}
