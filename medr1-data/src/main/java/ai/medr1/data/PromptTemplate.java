package ai.medr1.data;

import ai.medr1.core.InputException;

/**
 * The words around a question. The wordings are Med-R1's, to the letter; but its think-after
 * wording is not published, and {@link #THINK_AFTER} is made of the parts of the others.
 *
 * @param text with {@code {Question}} where the problem goes
 */
public record PromptTemplate(String text) {
  private static final String PLACEHOLDER = "{Question}";

  private static final String A_LETTER = "the correct single-letter choice (A, B, C, D,...)";
  private static final String A_TEXT = "the correct short answer";

  /** Think first, as Med-R1 trains. */
  public static final PromptTemplate THINK_TRAIN =
      new PromptTemplate(
          "{Question} Your task: 1. Think through the question step by step, enclose your reasoning"
              + " process in <think>...</think> tags. 2. Then provide the correct single-letter"
              + " choice (A, B, C, D,...) inside <answer>...</answer> tags. 3. No extra information"
              + " or text outside of these tags.");

  /** Think first, as Med-R1 evaluates. */
  public static final PromptTemplate THINK_EVAL =
      new PromptTemplate(
          "{Question} Think through the question step by step in <think>...</think> tags. Then"
              + " provide the correct single-letter choice (A, B, C, D,...) inside"
              + " <answer>...</answer> tags.");

  /** The answer in its tags, nothing else. */
  public static final PromptTemplate NO_THINK =
      new PromptTemplate(
          "{Question} Provide the correct single-letter choice (A, B, C, D,...) inside"
              + " <answer>...</answer> tags.");

  /** The answer first, then the reasoning: Think-After of Med-R1's paper, version 5. */
  public static final PromptTemplate THINK_AFTER =
      new PromptTemplate(
          "{Question} First provide the correct single-letter choice (A, B, C, D,...) inside"
              + " <answer>...</answer> tags. Then explain it step by step in <think>...</think>"
              + " tags.");

  /** For models that were never trained on tags. */
  public static final PromptTemplate ZERO_SHOT =
      new PromptTemplate("{Question} Provide the correct single-letter choice (A, B, C, D,...).");

  /**
   * @throws InputException if the placeholder is missing
   */
  public PromptTemplate {
    if (!text.contains(PLACEHOLDER)) {
      throw new InputException(
          "the prompt template '"
              + text
              + "' has no place for the question: write {Question} where it belongs");
    }
  }

  /**
   * The prompt of an item. Where its right answer is a text, a wording that asks for Med-R1's
   * single letter asks for a short answer instead.
   */
  public String apply(VqaItem item) {
    return item.answerKind() == AnswerKind.TEXT
        ? new PromptTemplate(text.replace(A_LETTER, A_TEXT)).apply(item.problem())
        : apply(item.problem());
  }

  /** The prompt of a problem. */
  public String apply(String problem) {
    return text.replace(PLACEHOLDER, problem);
  }
}
