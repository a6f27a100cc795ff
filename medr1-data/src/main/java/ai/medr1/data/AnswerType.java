package ai.medr1.data;

import java.util.Locale;
import java.util.Optional;

/** How a data set sorts its questions by their answers. */
public enum AnswerType {
  /** The question names what can be answered: yes or no, one of two. */
  CLOSED,
  /** The answer is free. */
  OPEN;

  /** The type that a data set's word means, {@code CLOSED} or {@code open}; empty for others. */
  public static Optional<AnswerType> of(String word) {
    return switch (word.strip().toUpperCase(Locale.ROOT)) {
      case "CLOSED", "CLOSE" -> Optional.of(CLOSED);
      case "OPEN" -> Optional.of(OPEN);
      default -> Optional.empty();
    };
  }
}
