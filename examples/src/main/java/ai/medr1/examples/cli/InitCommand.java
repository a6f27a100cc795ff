package ai.medr1.examples.cli;

import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.RandomCheckpoint;
import ai.medr1.core.checkpoint.Shape;
import ai.medr1.core.config.Family;
import ai.medr1.examples.quickstart.WarmStart;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Writes a new model. */
@Command(
    name = "init",
    description = "Writes a checkpoint with seeded random weights in the Hugging Face layout.",
    footer = {
      "  medr1 init --shape quickstart --family qwen2-vl --warm --out warm",
      "  medr1 init --shape smoke --family qwen2-vl --out smoke",
      "  medr1 init --shape 2b --family qwen2.5-vl \\",
      "      --tokenizer Qwen2.5-VL-3B-Instruct --dtype bf16 --out new"
    })
final class InitCommand implements Callable<Integer> {
  /** Types that weights can have. */
  enum Weights {
    F32,
    BF16,
    F16;

    DType dtype() {
      return DType.valueOf(name());
    }
  }

  @Spec private CommandSpec spec;

  @Option(
      names = "--shape",
      required = true,
      converter = Converters.OfShape.class,
      paramLabel = "SHAPE",
      description =
          "smoke or quickstart (about 1 M parameters), mini (about 36 M; 113 M with the"
              + " vocabulary of Qwen2.5) or 2b (as Qwen2-VL-2B).")
  private Shape shape;

  @Option(
      names = "--family",
      required = true,
      converter = Converters.OfFamily.class,
      paramLabel = "FAMILY",
      description = "qwen2-vl or qwen2.5-vl.")
  private Family family;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "DIR",
      description = "Directory to write, new or empty.")
  private Path out;

  @Option(
      names = "--tokenizer",
      paramLabel = "DIR",
      description = "Directory with the tokenizer to use; without it a small one.")
  private Optional<Path> tokenizer = Optional.empty();

  @Option(
      names = "--dtype",
      paramLabel = "TYPE",
      defaultValue = "F32",
      description = "Type of the weights: f32 (default), bf16 or f16.")
  private Weights dtype;

  @Option(
      names = "--seed",
      paramLabel = "N",
      defaultValue = "42",
      description = "Decides the weights; default 42.")
  private long seed;

  @Option(
      names = "--warm",
      description =
          "The quickstart's warm start in place of random weights: it answers phantoms' questions,"
              + " if often wrongly. For --shape quickstart --family qwen2-vl.")
  private boolean warm;

  @Override
  public Integer call() throws IOException {
    if (warm && (shape != Shape.QUICKSTART || family != Family.QWEN2_VL || tokenizer.isPresent())) {
      throw new ParameterException(
          spec.commandLine(),
          "--warm is for --shape quickstart --family qwen2-vl without --tokenizer");
    }
    Outputs.requireEmpty(out);
    if (warm) {
      WarmStart.unpack(out);
    } else {
      new RandomCheckpoint(shape, family, tokenizer, dtype.dtype(), seed).write(out);
    }
    spec.commandLine().getOut().println(out);
    return 0;
  }
}
