/** Text: tokenizer, chat template, prompts with image placeholders, M-RoPE positions. */
@NullMarked
package ai.medr1.core.text;

import org.jspecify.annotations.NullMarked;
