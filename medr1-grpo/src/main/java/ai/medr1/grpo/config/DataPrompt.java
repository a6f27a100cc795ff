package ai.medr1.grpo.config;

import ai.medr1.data.PromptTemplate;
import ai.medr1.eval.Wording;

/**
 * How a user says what a prompt is.
 *
 * @param text {@code think}, {@code no-think}, {@code think-after}, {@code zero-shot}, or a text
 *     with {@code {Question}} in it
 */
public record DataPrompt(String text) {
  public DataPrompt {
    Check.that(
        text.matches("think|no-think|think-after|zero-shot") || text.contains("{Question}"),
        "prompt is think, no-think, think-after, zero-shot or a text with {Question} in it, found "
            + text);
  }

  private boolean isNamed() {
    return !text.contains("{Question}");
  }

  /** The words around a question in evaluation. */
  public PromptTemplate evaluationTemplate() {
    return isNamed() ? wording().template() : new PromptTemplate(text);
  }

  /** The words around a question in training: Med-R1 asks for reasoning in others than it tests. */
  public PromptTemplate trainingTemplate() {
    return text.equals(Wording.THINK.toString())
        ? PromptTemplate.THINK_TRAIN
        : evaluationTemplate();
  }

  /** The named wording, or the one whose tags a text asks for. */
  public Wording wording() {
    return isNamed() ? Wording.named(text) : Wording.askedBy(text);
  }
}
