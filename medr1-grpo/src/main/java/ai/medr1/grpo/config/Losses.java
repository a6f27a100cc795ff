package ai.medr1.grpo.config;

import ai.medr1.grpo.loss.Aggregation;
import ai.medr1.grpo.loss.Cispo;
import ai.medr1.grpo.loss.Clipped;
import ai.medr1.grpo.loss.KlPenalty;
import ai.medr1.grpo.loss.PolicyLoss;
import ai.medr1.grpo.loss.Ratio;
import ai.medr1.grpo.loss.Sapo;
import ai.medr1.grpo.loss.Surrogate;
import ai.medr1.grpo.loss.SurrogateLoss;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The losses by their usual names. docs/methods.md lists papers and TRL's names. */
final class Losses {
  private Losses() {}

  static Map<String, Function<GrpoConfig, PolicyLoss>> all() {
    Map<String, Function<GrpoConfig, PolicyLoss>> losses = new LinkedHashMap<>();
    losses.put("grpo", c -> clipped(c, c.method().ratio(), Aggregation.SEQUENCE_MEAN));
    losses.put("bnpo", c -> clipped(c, c.method().ratio(), Aggregation.TOKEN_MEAN));
    losses.put("dr_grpo", c -> clipped(c, c.method().ratio(), constant(c)));
    losses.put("dapo", c -> clipped(c, c.method().ratio(), Aggregation.DRAWN_TOKEN_MEAN));
    losses.put("gspo", c -> clipped(c, Ratio.SEQUENCE, Aggregation.SEQUENCE_MEAN));
    losses.put("gspo_token", c -> clipped(c, Ratio.SEQUENCE, Aggregation.SEQUENCE_MEAN));
    losses.put("cispo", c -> loss(c, c.method().ratio(), cispo(c), Aggregation.DRAWN_TOKEN_MEAN));
    losses.put("sapo", c -> loss(c, c.method().ratio(), sapo(c), Aggregation.SEQUENCE_MEAN));
    return losses;
  }

  private static Aggregation constant(GrpoConfig config) {
    return Aggregation.constant(config.sampling().maxCompletionLength());
  }

  private static PolicyLoss clipped(GrpoConfig config, Ratio ratio, Aggregation aggregation) {
    MethodConfig method = config.method();
    double high = method.epsilonHigh() > 0 ? method.epsilonHigh() : method.epsilon();
    return loss(config, ratio, new Clipped(method.epsilon(), high, method.delta()), aggregation);
  }

  private static Surrogate cispo(GrpoConfig config) {
    double bound = config.method().epsilonHigh();
    Check.that(
        bound >= 1,
        "method.epsilonHigh is the largest weight of a token for the loss cispo: set it to 1 or more, such as 5, found "
            + bound);
    return new Cispo(bound);
  }

  private static Surrogate sapo(GrpoConfig config) {
    MethodConfig.SapoTemperatures tau = config.method().sapoTemperatures();
    return new Sapo(tau.positive(), tau.negative());
  }

  private static PolicyLoss loss(
      GrpoConfig config, Ratio ratio, Surrogate surrogate, Aggregation aggregation) {
    MethodConfig method = config.method();
    KlPenalty kl =
        method.klIn() == MethodConfig.KlIn.REWARD
            ? KlPenalty.NONE
            : new KlPenalty(config.beta(), method.klEstimator(), method.klCorrection());
    return new SurrogateLoss(ratio, surrogate, aggregation, kl);
  }
}
