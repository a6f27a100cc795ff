package ai.medr1.core.model;

import ai.djl.Device;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.checkpoint.RandomCheckpoint;
import ai.medr1.core.checkpoint.Shape;
import ai.medr1.core.config.Family;
import ai.medr1.core.image.PreprocessorConfig;
import ai.medr1.core.image.RgbImage;
import ai.medr1.core.text.Content;
import ai.medr1.core.text.Message;
import ai.medr1.core.text.Prompt;
import ai.medr1.core.torchscript.Kernels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Writes what proves a GPU: the kernels, a random model, the calls of one training step and of an
 * evaluation with all their arrays, and what the CPU gives for them. {@code scripts/gpu/replay.py}
 * makes the calls again with PyTorch.
 */
public final class KernelExport {
  private static final long SEED = 12;
  static final int GROUP = 4;
  static final int TOKENS = 24;
  private static final double LEARNING_RATE = 1e-3;

  private KernelExport() {}

  /**
   * Writes a directory with {@code kernels.pt}, the checkpoint, {@code calls.json} and {@code
   * arrays.safetensors}.
   *
   * @param dtype in which the model computes
   * @throws IOException if the disk fails
   */
  public static void write(Path directory, Family family, Shape shape, DType dtype)
      throws IOException {
    new RandomCheckpoint(shape, family, Optional.empty(), dtype, SEED).write(directory);
    KernelRecording recording = new KernelRecording();
    LoadOptions options = LoadOptions.training().withDtype(dtype).withDevice(Device.cpu());
    byte[][] archive = new byte[1][];
    try (QwenVl model =
        QwenVl.load(
            directory,
            options,
            PreprocessorConfig.ofModel(directory),
            new QwenVl.Loading(
                attributes -> {
                  archive[0] = Kernels.archive(attributes);
                  return Kernels.recorded(attributes, recording);
                },
                LoadOptions.LOGITS_AT_ONCE))) {
      run(model);
    }
    Files.write(directory.resolve("kernels.pt"), archive[0]);
    recording.write(directory);
  }

  /** Draws, scores, learns, and answers with what was learned. */
  private static void run(QwenVl model) {
    List<Prompt> prompts = prompts(model);
    Sampling random = Sampling.random(TOKENS, model.stopTokens());
    Continuations drawn = model.drawing().generate(prompts, GROUP, random, streams(prompts.size()));
    try (Scored scored = model.scoring().score(prompts, drawn, random.distribution())) {
      model.scoring().backward(scored, slopes(scored));
    }
    List<String> shown = oneOfAKind(model.learner().trained());
    shown.forEach(model.learner()::gradient);
    model.learner().step(AdamW.defaults(), LEARNING_RATE);
    shown.forEach(name -> shownAfterStep(model, name));
    model.scoring().logProbs(prompts, drawn, random.distribution());
    Sampling greedy = Sampling.greedy(TOKENS, Set.of());
    model.drawing().generate(prompts, 1, greedy, new long[0]);
    model
        .drawing()
        .answer(prompts.stream().map(Request::of).iterator(), 2, greedy, (answer, number) -> {});
  }

  private static void shownAfterStep(QwenVl model, String name) {
    model.learner().stored("w", name);
    model.learner().stored("m", name);
    model.learner().stored("v", name);
  }

  /** Three prompts of different lengths: with one image, with none, with two. */
  static List<Prompt> prompts(QwenVl model) {
    Random random = new Random(SEED);
    return List.of(
        prompt(model, "Which organ is this?", image(84, 112, random)),
        prompt(model, "What is a normal finding? Say it in one word."),
        prompt(model, "Same?", image(56, 56, random), image(140, 84, random)));
  }

  private static Prompt prompt(QwenVl model, String text, RgbImage... images) {
    List<Content> content = new ArrayList<>();
    for (int i = 0; i < images.length; i++) {
      content.add(new Content.Image());
    }
    content.add(new Content.Text(text));
    return model.processor().prompt(List.of(new Message("user", content)), List.of(images));
  }

  private static RgbImage image(int width, int height, Random random) {
    byte[] rgb = new byte[3 * width * height];
    random.nextBytes(rgb);
    return new RgbImage(width, height, rgb);
  }

  static long[] streams(int prompts) {
    return IntStream.range(0, prompts).mapToLong(b -> RandomStreams.key(SEED, 0, b)).toArray();
  }

  /** A derivative of some loss, other at every token. */
  private static float[][][] slopes(Scored scored) {
    float[][][] logps = scored.logps();
    float[][][] slopes = new float[logps.length][][];
    int place = 0;
    for (int b = 0; b < logps.length; b++) {
      slopes[b] = new float[logps[b].length][];
      for (int g = 0; g < slopes[b].length; g++) {
        slopes[b][g] = new float[logps[b][g].length];
        for (int t = 0; t < slopes[b][g].length; t++) {
          slopes[b][g][t] = (float) Math.cos(1 + 0.7 * place++);
        }
      }
    }
    return slopes;
  }

  /** The last weight of every kind: of layers that are alike, one. */
  private static List<String> oneOfAKind(List<String> names) {
    TreeMap<String, String> last = new TreeMap<>();
    names.forEach(name -> last.put(name.replaceAll("\\d+", "#"), name));
    return List.copyOf(last.values());
  }
}
