package example;

import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.RandomCheckpoint;
import ai.medr1.core.checkpoint.Shape;
import ai.medr1.core.config.Family;
import ai.medr1.core.image.Images;
import ai.medr1.core.model.LoadOptions;
import ai.medr1.core.model.QwenVl;
import ai.medr1.data.VqaItem;
import ai.medr1.eval.EvalReport;
import ai.medr1.eval.Evaluation;
import ai.medr1.eval.Wording;
import ai.medr1.grpo.GrpoTrainer;
import ai.medr1.grpo.Recipe;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.metrics.StepReport;
import ai.medr1.grpo.metrics.TrainingListener;
import ai.medr1.grpo.metrics.TrainingResult;
import ai.medr1.grpo.reward.Reward;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** A program with items, images, a reward and a listener of its own. */
public final class Embedding {
  private Embedding() {}

  /** {@code Embedding DIR}: works in a new directory, in some seconds, with a tiny model. */
  public static void main(String[] arguments) throws Exception {
    Path dir = Path.of(arguments[0]);
    Path model = dir.resolve("model");
    new RandomCheckpoint(Shape.SMOKE, Family.QWEN2_VL, Optional.empty(), DType.F32, 42)
        .write(model);
    List<VqaItem> items = items();

    TrainingResult result = train(model, dir.resolve("run"), items);
    System.out.println("trained: " + result);
    System.out.println("cancelled: " + cancel(model, dir.resolve("cancelled"), items));

    try (QwenVl trained = QwenVl.load(result.checkpoint(), LoadOptions.inference())) {
      System.out.println(trained.ask("Is it dark?", 8, Images.of(picture(Color.BLACK))));
      EvalReport report =
          Evaluation.medR1(Wording.ZERO_SHOT, 8).run(trained, items, progress -> {});
      System.out.println("right: " + report.overall().right() + " of " + report.overall().n());
    }
  }

  /** Items come from anywhere: here they are drawn. */
  static List<VqaItem> items() {
    List<VqaItem> items = new ArrayList<>();
    for (int gray = 0; gray < 256; gray += 32) {
      items.add(
          VqaItem.question("Is it dark or bright?")
              .image(picture(new Color(gray, gray, gray)))
              .options("Dark", "Bright")
              .answer(gray < 128 ? "Dark" : "Bright"));
    }
    return items;
  }

  private static BufferedImage picture(Color color) {
    BufferedImage picture = new BufferedImage(56, 56, BufferedImage.TYPE_INT_RGB);
    Graphics2D graphics = picture.createGraphics();
    graphics.setColor(color);
    graphics.fillRect(8, 8, 40, 40);
    graphics.dispose();
    return picture;
  }

  /** Trains with a reward of its own alone. */
  static TrainingResult train(Path model, Path run, List<VqaItem> items) {
    GrpoConfig config =
        GrpoConfig.of(model, run)
            .with(c -> c.maxSteps(3).group(4).sampling(c.sampling().withMaxCompletionLength(16)));
    Recipe recipe = Recipe.of(config).withRewards(new Brief(16)).withListener(new Lines());
    try (GrpoTrainer trainer = GrpoTrainer.start(config, items, recipe)) {
      return trainer.train();
    }
  }

  /** Trains in the background, and changes its mind. */
  static TrainingResult cancel(Path model, Path run, List<VqaItem> items)
      throws InterruptedException, ExecutionException {
    GrpoConfig config = GrpoConfig.of(model, run).with(c -> c.maxSteps(100_000));
    ExecutorService background = Executors.newSingleThreadExecutor();
    try (GrpoTrainer trainer = GrpoTrainer.start(config, items)) {
      Future<TrainingResult> training = background.submit(trainer::train);
      trainer.cancel(); // training.cancel(true) does the same, but gives no result
      return training.get();
    } finally {
      background.shutdown();
    }
  }

  /** 1 for an answer without tokens, 0 for one of {@code most} tokens or more. */
  record Brief(int most) implements Reward {
    @Override
    public String name() {
      return "brief";
    }

    @Override
    public About about() {
      return About.OTHER; // the right answer need not earn anything
    }

    @Override
    public double score(VqaItem item, String completion, int[] tokenIds) {
      return 1 - Math.min(1.0, (double) tokenIds.length / most);
    }
  }

  /** Where a progress bar, a database or a page would hear of the steps. */
  static final class Lines implements TrainingListener {
    @Override
    public void onStep(StepReport report) {
      System.out.printf(
          "%d of %d: reward %.2f%n",
          report.step(), report.totalSteps(), report.metrics().get("reward"));
    }

    @Override
    public void onEnd(TrainingResult result) {
      System.out.println("written: " + result.checkpoint());
    }
  }
}
