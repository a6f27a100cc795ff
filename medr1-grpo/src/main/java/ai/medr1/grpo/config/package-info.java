/**
 * Settings of a run: records that validate themselves, read from YAML and written beside the run.
 */
@NullMarked
package ai.medr1.grpo.config;

import org.jspecify.annotations.NullMarked;
