package ai.medr1.examples.cli;

import ai.medr1.data.PromptTemplate;
import ai.medr1.eval.AnswerExtractor;
import java.util.Arrays;
import java.util.stream.Collectors;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Med-R1's ways to evaluate: the words around a question, and how its answer is read. */
enum Wording {
  THINK("think"),
  NO_THINK("no-think"),
  ZERO_SHOT("zero-shot");

  private final String title;

  Wording(String title) {
    this.title = title;
  }

  PromptTemplate template() {
    return switch (this) {
      case THINK -> PromptTemplate.THINK_EVAL;
      case NO_THINK -> PromptTemplate.NO_THINK;
      case ZERO_SHOT -> PromptTemplate.ZERO_SHOT;
    };
  }

  AnswerExtractor extractor() {
    return switch (this) {
      case THINK -> AnswerExtractor.TAG;
      case NO_THINK -> AnswerExtractor.TAG_OR_RAW;
      case ZERO_SHOT -> AnswerExtractor.RAW;
    };
  }

  @Override
  public String toString() {
    return title;
  }

  /** Reads the value of an option. */
  static final class Converter implements ITypeConverter<Wording> {
    @Override
    public Wording convert(String name) {
      return Arrays.stream(values())
          .filter(wording -> wording.title.equals(name))
          .findFirst()
          .orElseThrow(
              () -> new TypeConversionException("expected " + known() + ", found " + name));
    }

    private static String known() {
      return Arrays.stream(values()).map(Wording::toString).collect(Collectors.joining(", "));
    }
  }
}
