package ai.medr1.grpo.config;

/**
 * How a configuration says what a prompt is.
 *
 * @param text {@code think}, {@code no-think}, {@code zero-shot}, or a text with {@code {Question}}
 *     in it
 */
record DataPrompt(String text) {
  DataPrompt {
    Check.that(
        text.matches("think|no-think|zero-shot") || text.contains("{Question}"),
        "prompt is think, no-think, zero-shot or a text with {Question} in it, found " + text);
  }

  boolean isNamed() {
    return !text.contains("{Question}");
  }
}
