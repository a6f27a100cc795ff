package ai.medr1.eval;

import ai.medr1.core.InputException;
import ai.medr1.data.PromptTemplate;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Med-R1's ways to evaluate: the words around a question, and how its answer is read. */
public enum Wording {
  THINK("think"),
  NO_THINK("no-think"),
  ZERO_SHOT("zero-shot");

  private final String title;

  Wording(String title) {
    this.title = title;
  }

  /** The words around a question. */
  public PromptTemplate template() {
    return switch (this) {
      case THINK -> PromptTemplate.THINK_EVAL;
      case NO_THINK -> PromptTemplate.NO_THINK;
      case ZERO_SHOT -> PromptTemplate.ZERO_SHOT;
    };
  }

  /** How an answer to them is read. */
  public AnswerExtractor extractor() {
    return switch (this) {
      case THINK -> AnswerExtractor.TAG;
      case NO_THINK -> AnswerExtractor.TAG_OR_RAW;
      case ZERO_SHOT -> AnswerExtractor.RAW;
    };
  }

  /** The name in files and options. */
  @Override
  public String toString() {
    return title;
  }

  /**
   * The way with this name.
   *
   * @throws InputException if there is none
   */
  public static Wording named(String name) {
    return Arrays.stream(values())
        .filter(wording -> wording.title.equals(name))
        .findFirst()
        .orElseThrow(() -> new InputException("expected " + known() + ", found " + name));
  }

  private static String known() {
    return Arrays.stream(values()).map(Wording::toString).collect(Collectors.joining(", "));
  }
}
