package ai.medr1.core.model;

/**
 * What a token's log-probability is taken of: the softmax of the logits over a temperature, with or
 * without vision tokens. All that scoring needs to know of how tokens were drawn ({@link
 * Sampling#distribution}).
 *
 * @param temperature divides the logits
 * @param banVisionTokens whether image, video and vision ids have no part in the normalisation;
 *     their own log-probabilities are negative infinity then
 */
public record Distribution(double temperature, boolean banVisionTokens) {
  /** The model's own: temperature 1, all tokens. */
  public static final Distribution PLAIN = new Distribution(1, false);

  public Distribution {
    if (!(temperature > 0)) {
      throw new IllegalArgumentException("temperature is positive, found " + temperature);
    }
  }
}
