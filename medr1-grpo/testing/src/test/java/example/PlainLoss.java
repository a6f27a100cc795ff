package example;

import ai.medr1.grpo.loss.LossGradient;
import ai.medr1.grpo.loss.PolicyBatch;
import ai.medr1.grpo.loss.PolicyLoss;
import ai.medr1.grpo.loss.Tally;

/** The plain policy gradient: a token costs −A · logp, averaged over all tokens of the step. */
public final class PlainLoss implements PolicyLoss {
  @Override
  public LossGradient of(PolicyBatch batch) {
    double loss = 0;
    float[][][] logps = batch.logps();
    float[][][] derivative = new float[logps.length][][];
    for (int b = 0; b < logps.length; b++) {
      derivative[b] = new float[logps[b].length][];
      for (int g = 0; g < logps[b].length; g++) {
        double slope = -batch.advantages()[b][g] / batch.step().tokens();
        derivative[b][g] = new float[logps[b][g].length];
        for (int t = 0; t < logps[b][g].length; t++) {
          loss += slope * logps[b][g][t];
          derivative[b][g][t] = (float) slope;
        }
      }
    }
    return new LossGradient(loss, derivative, new Tally());
  }
}
