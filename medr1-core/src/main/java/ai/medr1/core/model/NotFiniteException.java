package ai.medr1.core.model;

import java.util.List;

/**
 * A model's logits are NaN or infinite, so there is nothing to choose a token by. Its weights are
 * damaged, or they have grown so large that numbers overflow, for some prompts perhaps.
 */
public final class NotFiniteException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final int sequence;

  private NotFiniteException(int sequence, String message) {
    super(message);
    this.sequence = sequence;
  }

  /**
   * @param sequence number of the prompt or request among those of the call
   * @param place where numbers were not finite first, as weights are named: {@code model.layers.3}
   * @param broken weights there that are not finite themselves
   */
  static NotFiniteException at(int sequence, String place, List<String> broken) {
    String why =
        broken.isEmpty()
            ? "the weights there are finite: the numbers grow beyond what the dtype holds; take an earlier checkpoint, or train with a lower learning rate"
            : "%s %s not finite either: the checkpoint is damaged, take a sound copy"
                .formatted(String.join(", ", broken), broken.size() == 1 ? "is" : "are");
    return new NotFiniteException(
        sequence,
        "the logits are not finite (NaN or infinite), first in what %s gives; %s"
            .formatted(place, why));
  }

  /** Which prompt or request of the call it was, counted from 0. */
  public int sequence() {
    return sequence;
  }

  /** The same where {@code first} sequences come before those of the call. */
  public NotFiniteException behind(int first) {
    return changed(first + sequence, String.valueOf(getMessage()));
  }

  /** The same with the prompt's name in front of the message. */
  public NotFiniteException named(String prompt) {
    return changed(sequence, prompt + ": " + getMessage());
  }

  private NotFiniteException changed(int number, String message) {
    NotFiniteException changed = new NotFiniteException(number, message);
    changed.initCause(this);
    return changed;
  }
}
