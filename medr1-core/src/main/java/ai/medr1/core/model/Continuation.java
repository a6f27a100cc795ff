package ai.medr1.core.model;

import java.util.Optional;

/**
 * A completion of one prompt.
 *
 * @param ids [L] token ids, the stop token included where one was drawn
 * @param logps [L] natural log-probabilities of the ids when they were drawn (softmax of the logits
 *     over the temperature, before top-k and top-p)
 * @param finished false where the length limit cut it
 * @param origin with what it was drawn; empty where no model drew it
 */
public record Continuation(int[] ids, float[] logps, boolean finished, Optional<Origin> origin) {

  /** A completion that no model drew. */
  public Continuation(int[] ids, float[] logps, boolean finished) {
    this(ids, logps, finished, Optional.empty());
  }
}
