package ai.medr1.core.model;

import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.image.RgbImage;
import ai.medr1.core.text.Content;
import ai.medr1.core.text.Message;
import ai.medr1.core.text.Prompt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Small batches of every kind: prompts of different lengths with and without images. */
final class Batches {
  private Batches() {}

  /** Three prompts: with one image, with none, with two. */
  static List<Prompt> prompts(QwenVl model, Random random) {
    return List.of(
        prompt(model, "Which organ is this?", image(60, 90, random)),
        prompt(model, "What is a normal finding? Say it in one word."),
        prompt(model, "Same?", image(56, 56, random), image(140, 60, random)));
  }

  static Prompt prompt(QwenVl model, String text, RgbImage... images) {
    List<Content> content = new ArrayList<>();
    Arrays.stream(images).forEach(image -> content.add(new Content.Image()));
    content.add(new Content.Text(text));
    return model.processor().prompt(List.of(new Message("user", content)), Arrays.asList(images));
  }

  static RgbImage image(int width, int height, Random random) {
    byte[] rgb = new byte[3 * width * height];
    random.nextBytes(rgb);
    return new RgbImage(width, height, rgb);
  }

  /** Random completions of 1 to {@code longest} tokens, none of them a vision token. */
  static Continuations continuations(
      ModelConfig config, int prompts, int group, int longest, Random random) {
    List<List<Continuation>> groups = new ArrayList<>();
    for (int b = 0; b < prompts; b++) {
      List<Continuation> members = new ArrayList<>();
      for (int g = 0; g < group; g++) {
        int length = 1 + random.nextInt(longest);
        int[] ids =
            random
                .ints(0, config.text().vocabSize())
                .filter(id -> !isVision(id, config.tokens()))
                .limit(length)
                .toArray();
        members.add(new Continuation(ids, new float[length], true));
      }
      groups.add(members);
    }
    return new Continuations(groups);
  }

  private static boolean isVision(int id, ModelConfig.VisionTokens tokens) {
    return id == tokens.visionStart()
        || id == tokens.visionEnd()
        || id == tokens.imagePad()
        || id == tokens.videoPad();
  }

  /** One prompt of a batch with its continuations. */
  static Continuations one(Continuations all, int prompt) {
    return new Continuations(all.groups().subList(prompt, prompt + 1));
  }

  /** The same derivative of a loss by every log-probability. */
  static float[][][] constant(Scored scored, float value) {
    return derivative(scored, (sequence, token) -> value);
  }

  /**
   * A derivative of some loss by the log-probabilities, other at every place.
   *
   * @param firstPrompt where the prompts stand in the whole batch
   */
  static float[][][] derivative(Scored scored, int firstPrompt) {
    int group = scored.logps()[0].length;
    return derivative(
        scored,
        (sequence, token) ->
            (float) Math.cos(1 + 3 * (firstPrompt * group + sequence) + 0.7 * token));
  }

  private interface Slope {
    float at(int sequence, int token);
  }

  private static float[][][] derivative(Scored scored, Slope slope) {
    float[][][] logps = scored.logps();
    float[][][] derivative = new float[logps.length][][];
    for (int b = 0; b < logps.length; b++) {
      int group = logps[b].length;
      derivative[b] = new float[group][];
      for (int g = 0; g < group; g++) {
        derivative[b][g] = new float[logps[b][g].length];
        for (int t = 0; t < derivative[b][g].length; t++) {
          derivative[b][g][t] = slope.at(b * group + g, t);
        }
      }
    }
    return derivative;
  }
}
