package ai.medr1.eval;

import ai.medr1.core.text.Prompt;
import ai.medr1.data.VqaItem;

/** An item with its prompt, ready to be answered. */
public record Question(VqaItem item, Prompt prompt) {}
