package ai.medr1.eval;

import ai.medr1.data.AnswerKind;
import ai.medr1.data.VqaItem;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What counts as a model's answer. Each value is the rule of one of Med-R1's evaluation scripts, to
 * be used with the prompt of that script.
 */
public enum AnswerExtractor implements AnswerReader {
  /** The one word in the answer tag; for prompts that ask for reasoning. */
  TAG {
    @Override
    public Optional<String> extract(String output) {
      return AnswerTags.word(output);
    }

    @Override
    Optional<String> text(String output) {
      return AnswerTags.text(output);
    }

    @Override
    OptionalInt start(String output) {
      return AnswerTags.wordStart(output);
    }
  },
  /**
   * As {@link #TAG} where the output has "answer" anywhere in it, else the whole output; for
   * prompts that ask for an answer tag and no reasoning.
   */
  TAG_OR_RAW {
    @Override
    public Optional<String> extract(String output) {
      return rule(output).extract(output);
    }

    @Override
    Optional<String> text(String output) {
      return rule(output).text(output);
    }

    @Override
    OptionalInt start(String output) {
      return rule(output).start(output);
    }

    private AnswerExtractor rule(String output) {
      return output.contains("answer") ? TAG : RAW;
    }
  },
  /** The whole output as it is, white space and all; for zero-shot prompts. */
  RAW {
    @Override
    public Optional<String> extract(String output) {
      return Optional.of(output);
    }

    @Override
    Optional<String> text(String output) {
      return Optional.of(AnswerTags.strip(output)).filter(answer -> !answer.isEmpty());
    }

    @Override
    OptionalInt start(String output) {
      return OptionalInt.of(0);
    }
  };

  /** The answer in a model's output; empty where the rule finds none. */
  public abstract Optional<String> extract(String output);

  /**
   * The answer in an output to a question whose right answer is of this kind. A text may have any
   * number of words, and no blanks at its ends.
   */
  public Optional<String> extract(String output, AnswerKind kind) {
    return kind == AnswerKind.LETTER ? extract(output) : text(output);
  }

  /** The answer in an output, if it is a text; empty where it would be blank. */
  abstract Optional<String> text(String output);

  /** Where the answer begins in the output. */
  abstract OptionalInt start(String output);

  @Override
  public Optional<String> read(String output, VqaItem item) {
    return extract(output, item.answerKind());
  }

  @Override
  public OptionalInt letterAt(String output) {
    return extract(output).filter(answer -> answer.matches("[A-Za-z]")).isPresent()
        ? start(output)
        : OptionalInt.empty();
  }

  /** The name in configurations: {@code tag-or-raw}. */
  public String label() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The right answer in a solution such as {@code <answer> A </answer>}. */
  public static Optional<String> gold(String solution) {
    return AnswerTags.word(solution);
  }
}
