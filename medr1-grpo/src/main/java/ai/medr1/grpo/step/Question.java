package ai.medr1.grpo.step;

import ai.medr1.core.text.Prompt;
import ai.medr1.data.VqaItem;

/**
 * An item with its prompt, ready for the model.
 *
 * @param place of the item in its step; with seed and step it names the random stream, so that a
 *     skipped item changes nothing for the others
 */
public record Question(int place, VqaItem item, Prompt prompt) {}
