package ai.medr1.grpo.step;

import ai.medr1.core.model.Continuation;
import ai.medr1.core.text.Prompt;
import ai.medr1.core.text.Tokenizer;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A question with the answer that is learned: a group of one completion.
 *
 * @param answer its tokens, the end token included
 * @param labels [tokens of prompt and answer] which are learned
 */
public record SftExample(Prompt prompt, Continuation answer, boolean[] labels)
    implements MicroBatches.Sequences {

  /**
   * Makes an example.
   *
   * @param text of the answer
   * @param all whether the text of the prompt is learned as well, and the line end behind the
   *     answer; the first token and those that stand for images are never learned
   */
  public static SftExample of(Prompt prompt, String text, boolean all, Tokenizer tokenizer) {
    int[] ids = concat(tokenizer.encode(text), new int[] {tokenizer.id("<|im_end|>")});
    if (all) {
      ids = concat(ids, tokenizer.encode("\n"));
    }
    int first = all ? 1 : prompt.ids().length;
    boolean[] labels = labels(concat(prompt.ids(), ids), first, tokenizer.id("<|image_pad|>"));
    return new SftExample(prompt, new Continuation(ids, new float[ids.length], true), labels);
  }

  private static boolean[] labels(int[] sequence, int first, int imagePad) {
    boolean[] labels = new boolean[sequence.length];
    for (int i = first; i < sequence.length; i++) {
      labels[i] = sequence[i] != imagePad;
    }
    return labels;
  }

  private static int[] concat(int[] a, int[] b) {
    int[] both = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, both, a.length, b.length);
    return both;
  }

  /** How many tokens are learned. */
  public long learned() {
    return IntStream.range(0, labels.length).filter(i -> labels[i]).count();
  }

  /** Prompt and answer as one. */
  Prompt sequence() {
    return new Prompt(concat(prompt.ids(), answer.ids()), prompt.images(), prompt.text());
  }

  /** Tokens of prompt and answer. */
  public long tokens() {
    return labels.length;
  }

  @Override
  public int promptLength() {
    return prompt.ids().length;
  }

  @Override
  public int count() {
    return 1;
  }

  @Override
  public int longest() {
    return answer.ids().length;
  }
}
