package ai.medr1.grpo.config;

import ai.medr1.grpo.reward.Scoring;
import io.soabase.recordbuilder.core.RecordBuilder;

/**
 * How rewards are called, and what they are made of.
 *
 * @param onFailure what becomes of a completion for which a reward throws, hangs or gives no finite
 *     number
 * @param timeout seconds that one call of a reward may take
 * @param threads that call rewards; 0 for as many as there are cores
 * @param overlongCache tokens before the longest length over which {@code soft-overlong} grows; 0
 *     for a fifth of it, as in DAPO
 * @param repetitionSize n of the n-grams of {@code repetition}
 * @param boxes which pixels the answers of {@code box-iou} are in
 * @param judge the model that {@code judge} asks
 */
@RecordBuilder
public record ScoringConfig(
    Scoring.OnFailure onFailure,
    double timeout,
    int threads,
    int overlongCache,
    int repetitionSize,
    Boxes boxes,
    Judge judge)
    implements ScoringConfigBuilder.With {

  /** Systems of coordinates. */
  public enum Boxes {
    /** Pixels of the image as it is, as right answers are. */
    ORIGINAL,
    /** Pixels of the image as the model sees it. */
    RESIZED
  }

  /**
   * A model behind an endpoint that is compatible with OpenAI's.
   *
   * @param url base of its API, such as {@code http://localhost:8000/v1}; empty where there is none
   * @param model its name there
   * @param keyVariable the environment variable that holds the key; where it is not set, none is
   *     sent
   * @param timeout seconds that an answer may take
   * @param retries how often a question is asked again that was not answered
   */
  public record Judge(String url, String model, String keyVariable, double timeout, int retries) {
    public Judge {
      Check.that(
          url.matches("https?://[^\\s/@]+(/\\S*)?|"),
          "url is the base of an API, such as http://localhost:8000/v1, without a key in it, found one that is none");
      Check.positive("timeout", timeout);
      Check.notNegative("retries", retries);
    }
  }

  public ScoringConfig {
    Check.positive("timeout", timeout);
    Check.notNegative("threads", threads);
    Check.notNegative("overlongCache", overlongCache);
    Check.positive("repetitionSize", repetitionSize);
  }

  /** Every failure ends the run. */
  public static ScoringConfig defaults() {
    Scoring usual = Scoring.DEFAULTS;
    return new ScoringConfig(
        usual.onFailure(),
        usual.timeout(),
        usual.threads(),
        0,
        3,
        Boxes.ORIGINAL,
        new Judge("", "", "OPENAI_API_KEY", 60, 3));
  }

  /** How rewards are called. */
  public Scoring scoring() {
    return new Scoring(onFailure, timeout, threads);
  }
}
