package ai.medr1.core.model;

import ai.djl.ndarray.NDArray;
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

  /** Scored log-probabilities without padding, [B][G][tokens]. */
  static float[][][] ragged(Scored scored) {
    long[] shape = scored.logps().getShape().getShape();
    float[] logps = scored.logps().toFloatArray();
    float[] mask = scored.mask().toFloatArray();
    float[][][] result = new float[(int) shape[0]][(int) shape[1]][];
    int longest = (int) shape[2];
    for (int i = 0; i < shape[0] * shape[1]; i++) {
      int length = 0;
      while (length < longest && mask[i * longest + length] == 1) {
        length++;
      }
      result[i / (int) shape[1]][i % (int) shape[1]] =
          Arrays.copyOfRange(logps, i * longest, i * longest + length);
    }
    return result;
  }

  /**
   * A derivative of some loss by the log-probabilities, other at every place.
   *
   * @param firstPrompt where the prompts stand in the whole batch
   */
  static NDArray derivative(Scored scored, int firstPrompt) {
    long[] shape = scored.logps().getShape().getShape();
    float[] values = new float[(int) scored.logps().size()];
    for (int i = 0; i < values.length; i++) {
      long token = i % shape[2];
      long sequence = firstPrompt * shape[1] + i / shape[2];
      values[i] = (float) Math.cos(1 + 3 * sequence + 0.7 * token);
    }
    return scored.manager().create(values, scored.logps().getShape());
  }
}
