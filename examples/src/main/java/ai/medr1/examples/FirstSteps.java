package ai.medr1.examples;

import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.RandomCheckpoint;
import ai.medr1.core.checkpoint.Shape;
import ai.medr1.core.config.Family;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.data.Part;
import ai.medr1.data.Splits;
import ai.medr1.data.phantom.PhantomConfig;
import ai.medr1.data.phantom.Phantoms;
import ai.medr1.eval.EvalReport;
import ai.medr1.eval.EvalTable;
import ai.medr1.eval.Evaluation;
import ai.medr1.eval.Wording;
import ai.medr1.grpo.GrpoTrainer;
import ai.medr1.grpo.config.GrpoConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** The program of the README: trains a model and evaluates it. */
public final class FirstSteps {
  private FirstSteps() {}

  /** {@code FirstSteps DIR}: makes phantoms and a tiny model in a new directory and trains it. */
  public static void main(String[] arguments) throws IOException {
    Path dir = Path.of(arguments[0]);
    Path model = dir.resolve("model");
    new RandomCheckpoint(Shape.SMOKE, Family.QWEN2_VL, Optional.empty(), DType.F32, 42)
        .write(model);
    Splits splits = Phantoms.generate(PhantomConfig.of(42, 20, 1), dir.resolve("phantoms"));
    System.out.print(EvalTable.of(trainAndEvaluate(model, splits, dir.resolve("run"), 20)));
  }

  /** Trains for some steps and evaluates on the test items. */
  static EvalReport trainAndEvaluate(Path model, Splits splits, Path run, int steps) {
    GrpoConfig config =
        GrpoConfig.of(model, run) // Med-R1's recipe, but for:
            .with(
                c -> c.maxSteps(steps).group(8).sampling(c.sampling().withMaxCompletionLength(32)));
    Path trained;
    try (GrpoTrainer trainer = GrpoTrainer.start(config, splits.byModality(Part.TRAIN).items())) {
      trained = trainer.train().checkpoint();
    }
    try (QwenVl qwen = QwenVl.load(trained, LoadOptions.inference())) {
      return Evaluation.medR1(Wording.THINK, 32)
          .run(qwen, splits.byModality(Part.TEST).items(), progress -> {});
    }
  }
}
