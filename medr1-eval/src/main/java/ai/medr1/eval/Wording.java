package ai.medr1.eval;

import ai.medr1.core.InputException;
import ai.medr1.data.PromptTemplate;
import java.util.Arrays;
import java.util.stream.Collectors;

/** Med-R1's ways to ask: the words around a question, and how its answer is read. */
public enum Wording {
  THINK("think"),
  NO_THINK("no-think"),
  /** The answer first, then the reasoning: the newest variant of Med-R1's paper. */
  THINK_AFTER("think-after"),
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
      case THINK_AFTER -> PromptTemplate.THINK_AFTER;
      case ZERO_SHOT -> PromptTemplate.ZERO_SHOT;
    };
  }

  /** How an answer to them is read. */
  public AnswerExtractor extractor() {
    return switch (this) {
      case THINK, THINK_AFTER -> AnswerExtractor.TAG;
      case NO_THINK -> AnswerExtractor.TAG_OR_RAW;
      case ZERO_SHOT -> AnswerExtractor.RAW;
    };
  }

  /** The way whose tags a text of one's own asks for, in the order in which they appear in it. */
  public static Wording askedBy(String text) {
    int think = text.indexOf("<think>");
    int answer = text.indexOf("<answer>");
    if (think < 0) {
      return answer < 0 ? ZERO_SHOT : NO_THINK;
    }
    return answer >= 0 && answer < think ? THINK_AFTER : THINK;
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
