package ai.medr1.grpo.config;

import ai.medr1.data.DataSource;
import ai.medr1.eval.AnswerReader;
import ai.medr1.grpo.loss.Advantages;
import ai.medr1.grpo.loss.PolicyLoss;
import ai.medr1.grpo.reward.Reward;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Parts of a program's own that a configuration can name. Implement what there is of these, with a
 * constructor without arguments, and write the name of the class into {@code
 * META-INF/services/ai.medr1.grpo.config.Extension} on the class path.
 *
 * <p>Parts are made for the configuration of a run, so that they can read its keys. A name must not
 * be one that medr1 or another extension has for the same kind of part.
 */
public interface Extension {
  /** By the names of the key {@code reader} of evaluations. */
  default Map<String, AnswerReader> answerReaders() {
    return Map.of();
  }

  /**
   * By the names of the keys {@code form}; each opens a source, given the place of the data and the
   * folder that the names of images are relative to.
   */
  default Map<String, BiFunction<Path, Path, DataSource>> dataSources() {
    return Map.of();
  }

  /** By the names of the key {@code loss}. */
  default Map<String, Function<GrpoConfig, PolicyLoss>> losses() {
    return Map.of();
  }

  /** By the names of the key {@code advantage}. */
  default Map<String, Function<GrpoConfig, Advantages>> advantages() {
    return Map.of();
  }

  /** By the names that the block {@code rewards} gives weights to: those of the rewards. */
  default Map<String, Function<GrpoConfig, Reward>> rewards() {
    return Map.of();
  }
}
