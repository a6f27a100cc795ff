package ai.medr1.core.model;

import ai.medr1.core.text.Prompt;

/**
 * A prompt that waits for its answer.
 *
 * @param maxNewTokens tokens of the answer at most
 * @param stream random stream ({@link RandomStreams#key}); not used by greedy sampling
 */
public record Request(Prompt prompt, int maxNewTokens, long stream) {
  public Request {
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("maxNewTokens is positive, found " + maxNewTokens);
    }
  }

  /** A prompt that is answered greedily, within the limit of the sampling. */
  public static Request of(Prompt prompt) {
    return new Request(prompt, Integer.MAX_VALUE, 0);
  }
}
