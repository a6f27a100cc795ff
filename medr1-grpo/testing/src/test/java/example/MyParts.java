package example;

import ai.medr1.data.DataSource;
import ai.medr1.eval.AnswerReader;
import ai.medr1.grpo.config.Extension;
import ai.medr1.grpo.config.GrpoConfig;
import ai.medr1.grpo.loss.Advantages;
import ai.medr1.grpo.loss.PolicyLoss;
import ai.medr1.grpo.reward.Reward;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.BiFunction;
import java.util.function.Function;

/** The parts of this program that a configuration can name. */
public final class MyParts implements Extension {
  @Override
  public Map<String, BiFunction<Path, Path, DataSource>> dataSources() {
    return Map.of("lines", LinesSource::new);
  }

  @Override
  public Map<String, AnswerReader> answerReaders() {
    return Map.of("boxed", new BoxedReader());
  }

  @Override
  public Map<String, Function<GrpoConfig, PolicyLoss>> losses() {
    return Map.of("plain", config -> new PlainLoss());
  }

  @Override
  public Map<String, Function<GrpoConfig, Advantages>> advantages() {
    return Map.of("median", config -> new MedianAdvantages());
  }

  @Override
  public Map<String, Function<GrpoConfig, Reward>> rewards() {
    return Map.of("brief", config -> new BriefReward(config.sampling().maxCompletionLength()));
  }
}
