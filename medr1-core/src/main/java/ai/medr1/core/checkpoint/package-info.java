/** Hugging Face directories in and out: config.json, safetensors, index. */
@NullMarked
package ai.medr1.core.checkpoint;

import org.jspecify.annotations.NullMarked;
