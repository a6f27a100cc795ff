package ai.medr1.grpo.check;

import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.RandomCheckpoint;
import ai.medr1.core.checkpoint.Shape;
import ai.medr1.core.config.Family;
import ai.medr1.core.model.RandomStreams;
import ai.medr1.data.Part;
import ai.medr1.data.VqaItem;
import ai.medr1.data.phantom.PhantomConfig;
import ai.medr1.data.phantom.Phantoms;
import ai.medr1.grpo.SftTrainer;
import ai.medr1.grpo.config.DataConfig;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.config.SftConfig;
import ai.medr1.grpo.metrics.TrainingListener;
import ai.medr1.grpo.metrics.TrainingResult;
import ai.medr1.grpo.schedule.LearningRate;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;

/**
 * A training of half a minute on two cores in which the reward is sure to move: phantoms, and a
 * model of about a million parameters that has just learned to answer with a letter, but sets only
 * every other answer in tags. GRPO with Med-R1's rewards has it use them.
 *
 * @param config of the training
 * @param items that it trains on
 */
public record SmallTraining(GrpoConfig config, List<VqaItem> items) {
  private static final String PROMPT = "{Question} Answer in <answer>...</answer>.";
  private static final int PER_CELL = 4;
  private static final int IMAGE_SIZE = 56;
  private static final int LEARNED_STEPS = 25;
  private static final double IN_TAGS = 0.5;

  public SmallTraining {
    items = List.copyOf(items);
  }

  /**
   * Draws the phantoms and makes the model.
   *
   * @param dir new or empty; gets all files, the run's among them
   * @param seed of weights, phantoms, order and samples
   * @param threads that compute; with 1, numbers do not depend on how many cores there are
   */
  public static SmallTraining make(Path dir, Family family, long seed, int threads)
      throws IOException {
    Path phantoms = dir.resolve("phantoms");
    List<VqaItem> items =
        Phantoms.generate(PhantomConfig.of(seed, PER_CELL, 1).withImageSize(IMAGE_SIZE), phantoms)
            .byModality(Part.TRAIN)
            .items();
    Path start = dir.resolve("initial");
    new RandomCheckpoint(Shape.QUICKSTART, family, Optional.empty(), DType.F32, seed).write(start);
    Path model = learn(items, sft(start, dir, phantoms, seed, threads));
    return new SmallTraining(grpo(model, dir, phantoms, seed, threads), items);
  }

  private static Path learn(List<VqaItem> items, SftConfig config) {
    try (SftTrainer trainer =
        SftTrainer.start(config, items, SmallTraining::answer, new TrainingListener() {})) {
      TrainingResult result = trainer.train();
      if (result.cancelled()) {
        throw new CancellationException("the small training was cancelled");
      }
      return result.checkpoint();
    }
  }

  private static String answer(VqaItem item) {
    boolean inTags = RandomStreams.uniform(item.id().hashCode(), 0, 0) < IN_TAGS;
    return inTags ? item.solution() : item.gold();
  }

  private static SftConfig sft(Path model, Path dir, Path phantoms, long seed, int threads) {
    return SftConfig.of(model, dir.resolve("sft"))
        .with(
            c ->
                c.seed(seed)
                    .maxSteps(LEARNED_STEPS)
                    .batch(8)
                    .accumulation(1)
                    .data(data(c.data(), phantoms))
                    .optimizer(
                        c.optimizer()
                            .with(
                                o ->
                                    o.learningRate(3e-3)
                                        .warmupRatio(0)
                                        .schedule(LearningRate.Shape.CONSTANT)))
                    .load(c.load().withThreads(threads))
                    .checkpoint(c.checkpoint().withEvery(0)));
  }

  private static GrpoConfig grpo(Path model, Path dir, Path phantoms, long seed, int threads) {
    return GrpoConfig.of(model, dir.resolve("grpo"))
        .with(
            c ->
                c.seed(seed)
                    .maxSteps(20)
                    .batch(4)
                    .accumulation(1)
                    .group(8)
                    .data(data(c.data(), phantoms))
                    .sampling(c.sampling().withMaxCompletionLength(16))
                    .optimizer(
                        c.optimizer()
                            .with(o -> o.learningRate(1e-3).schedule(LearningRate.Shape.CONSTANT)))
                    .load(c.load().withThreads(threads))
                    .checkpoint(c.checkpoint().withEvery(0)));
  }

  private static DataConfig data(DataConfig data, Path phantoms) {
    return data.with(d -> d.splits(phantoms).prompt(PROMPT).maxPromptLength(256));
  }
}
