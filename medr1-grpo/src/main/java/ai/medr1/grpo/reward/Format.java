package ai.medr1.grpo.reward;

import ai.medr1.eval.AnswerTags;
import ai.medr1.eval.Wording;

/** The form of a completion: what the format reward pays for. */
public enum Format {
  /** The one that the prompt asks for; in configurations alone. */
  AUTO,
  /** {@code <think>…</think>}, white space, {@code <answer>…</answer>}. */
  THINK,
  /** White space, {@code <answer>…</answer>}. */
  NO_THINK,
  /** {@code <answer>…</answer>}, white space, {@code <think>…</think>}. */
  THINK_AFTER,
  /** No tags: every completion has this form. */
  NONE;

  /** What a wording asks for. */
  public static Format of(Wording wording) {
    return switch (wording) {
      case THINK -> THINK;
      case NO_THINK -> NO_THINK;
      case THINK_AFTER -> THINK_AFTER;
      case ZERO_SHOT -> NONE;
    };
  }

  /** Whether the whole completion has this form. */
  public boolean matches(String completion) {
    return switch (this) {
      case THINK -> AnswerTags.isThinkThenAnswer(completion);
      case NO_THINK -> AnswerTags.isAnswer(completion);
      case THINK_AFTER -> AnswerTags.isAnswerThenThink(completion);
      case NONE -> true;
      case AUTO -> throw notKnown();
    };
  }

  /** A completion of this form with an answer in it. */
  public String write(String answer) {
    String tagged = "<answer>" + answer + "</answer>";
    return switch (this) {
      case THINK -> "<think></think>" + tagged;
      case NO_THINK -> tagged;
      case THINK_AFTER -> tagged + "<think></think>";
      case NONE -> answer;
      case AUTO -> throw notKnown();
    };
  }

  private static IllegalStateException notKnown() {
    return new IllegalStateException("format auto is that of a prompt, which is not known here");
  }
}
