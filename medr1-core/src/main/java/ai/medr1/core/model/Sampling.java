package ai.medr1.core.model;

import java.util.Set;

/**
 * How continuations are drawn. Filters act in the order of the reference: repetition penalty,
 * temperature, top-k, top-p.
 *
 * @param greedy always the most likely token; temperature, topK and topP are not used then
 * @param temperature divides the logits; also in the log-probabilities that are returned
 * @param topK keep the k most likely tokens, 0 keeps all
 * @param topP keep the smallest set of tokens with at least this probability, 1 keeps all
 * @param repetitionPenalty 1 for none; acts on tokens of the prompt too
 * @param maxNewTokens tokens per continuation at most
 * @param stopTokens ids that end a continuation and belong to it
 * @param banVisionTokens never draw image, video and vision ids, and leave them out of the
 *     normalisation of log-probabilities
 */
public record Sampling(
    boolean greedy,
    double temperature,
    int topK,
    double topP,
    double repetitionPenalty,
    int maxNewTokens,
    Set<Integer> stopTokens,
    boolean banVisionTokens) {

  public Sampling {
    check(temperature > 0, "temperature is positive (use greedy for 0), found " + temperature);
    check(topK >= 0, "topK is 0 (off) or positive, found " + topK);
    check(topP > 0 && topP <= 1, "topP is in (0, 1], found " + topP);
    check(repetitionPenalty > 0, "repetitionPenalty is positive, found " + repetitionPenalty);
    check(maxNewTokens > 0, "maxNewTokens is positive, found " + maxNewTokens);
    stopTokens = Set.copyOf(stopTokens);
  }

  /** Plain sampling at temperature 1, as in GRPO. */
  public static Sampling random(int maxNewTokens, Set<Integer> stopTokens) {
    return new Sampling(false, 1, 0, 1, 1, maxNewTokens, stopTokens, true);
  }

  /** The most likely token every time, as in evaluation. */
  public static Sampling greedy(int maxNewTokens, Set<Integer> stopTokens) {
    return new Sampling(true, 1, 0, 1, 1, maxNewTokens, stopTokens, true);
  }

  /** Of what the log-probabilities of the tokens are that are drawn. */
  public Distribution distribution() {
    return new Distribution(greedy ? 1 : temperature, banVisionTokens);
  }

  public Sampling withRepetitionPenalty(double wanted) {
    return new Sampling(
        greedy, temperature, topK, topP, wanted, maxNewTokens, stopTokens, banVisionTokens);
  }

  private static void check(boolean good, String message) {
    if (!good) {
      throw new IllegalArgumentException(message);
    }
  }
}
