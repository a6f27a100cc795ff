package ai.medr1.eval;

import java.util.List;
import java.util.Map;

/**
 * What a model wrote to a prompt, or how probable it finds the letters of the options.
 *
 * @param text without special tokens
 * @param tokens [L] ids, the stop token included where one was drawn
 * @param logProbs [L] natural log-probabilities of the ids when they were drawn
 * @param finished false where the length limit cut it
 * @param letterProbs probability of each option's letter among the options; empty where the model
 *     wrote
 * @param samples texts of further answers that were drawn
 */
public record Answer(
    String text,
    int[] tokens,
    float[] logProbs,
    boolean finished,
    Map<String, Double> letterProbs,
    List<String> samples) {
  public Answer {
    samples = List.copyOf(samples);
    if (tokens.length != logProbs.length) {
      throw new IllegalArgumentException(
          "every token has a log-probability: %d tokens, %d log-probabilities"
              .formatted(tokens.length, logProbs.length));
    }
  }

  /** What was written, and nothing else. */
  public Answer(String text, int[] tokens, float[] logProbs, boolean finished) {
    this(text, tokens, logProbs, finished, Map.of(), List.of());
  }

  /** A letter that was chosen, not written. */
  static Answer letter(String letter, Map<String, Double> letterProbs) {
    return new Answer(letter, new int[0], new float[0], true, letterProbs, List.of());
  }

  Answer withSamples(List<String> drawn) {
    return new Answer(text, tokens, logProbs, finished, letterProbs, drawn);
  }
}
