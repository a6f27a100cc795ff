package ai.medr1.eval;

/**
 * What a model wrote to a prompt.
 *
 * @param text without special tokens
 * @param tokens [L] ids, the stop token included where one was drawn
 * @param logProbs [L] natural log-probabilities of the ids when they were drawn
 * @param finished false where the length limit cut it
 */
public record Answer(String text, int[] tokens, float[] logProbs, boolean finished) {
  public Answer {
    if (tokens.length != logProbs.length) {
      throw new IllegalArgumentException(
          "every token has a log-probability: %d tokens, %d log-probabilities"
              .formatted(tokens.length, logProbs.length));
    }
  }
}
