package ai.medr1.core.model;

import ai.medr1.core.checkpoint.SafetensorsFile;
import ai.medr1.core.config.ModelConfig;
import ai.medr1.core.image.PixelValues;
import ai.medr1.core.text.Prompt;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/**
 * The golden batch of Med-R1's loss: prompts, G completions of each, advantages [N] and the
 * log-probabilities of the reference policy [N][L], N = B × G.
 */
record GrpoBatch(
    List<Prompt> prompts,
    Continuations completions,
    float[] advantages,
    float[] referenceLogps,
    int longest,
    double beta) {

  static GrpoBatch read(String model, JsonNode manifest, ModelConfig config) {
    SafetensorsFile file = Golden.tensors("training/" + model + ".batch.safetensors");
    int group = manifest.at("/settings/group").asInt();
    int promptLength = manifest.get("prompt_length").asInt();
    Golden.Rows rows = Golden.Rows.of(file);
    Iterator<PixelValues> images = Golden.images(file);
    List<Prompt> prompts = new ArrayList<>();
    List<List<Continuation>> groups = new ArrayList<>();
    for (int row = 0; row < rows.count(); row += group) {
      prompts.add(Golden.prompt(rows.tokens(row, 0, promptLength), images, config));
      List<Continuation> members = new ArrayList<>();
      for (int g = 0; g < group; g++) {
        int[] ids = rows.tokens(row + g, promptLength, rows.width());
        members.add(new Continuation(ids, new float[ids.length], true));
      }
      groups.add(members);
    }
    return new GrpoBatch(
        prompts,
        new Continuations(groups),
        file.floats("advantages"),
        file.floats("ref_logps"),
        rows.width() - promptLength,
        manifest.at("/settings/beta").asDouble());
  }

  /**
   * Med-R1's loss, written out.
   *
   * @param gradient derivative of the loss by the log-probabilities, [B][G][tokens]
   */
  record Loss(double value, double meanKl, float[][][] gradient) {}

  Loss loss(float[][][] logps) {
    int group = logps[0].length;
    int sequences = advantages.length;
    double loss = 0;
    double meanKl = 0;
    float[][][] gradient = new float[logps.length][group][];
    for (int i = 0; i < sequences; i++) {
      float[] tokens = logps[i / group][i % group];
      float[] slopes = new float[tokens.length];
      for (int t = 0; t < tokens.length; t++) {
        double share = 1.0 / ((long) tokens.length * sequences);
        double delta = referenceLogps[i * longest + t] - tokens[t];
        double kl = Math.exp(delta) - delta - 1;
        loss -= share * (advantages[i] - beta * kl);
        meanKl += share * kl;
        // exp(logp - logp.detach()) is 1 and so is its derivative; d kl / d logp = 1 - exp(delta)
        slopes[t] = (float) (-share * (advantages[i] - beta * (1 - Math.exp(delta))));
      }
      gradient[i / group][i % group] = slopes;
    }
    return new Loss(loss, meanKl, gradient);
  }

  /** Adds the gradients of the loss to the model's. */
  Loss differentiate(QwenVl model) {
    try (Scored scored = model.scoring().score(prompts, completions, Distribution.PLAIN)) {
      Loss loss = loss(scored.logps());
      model.scoring().backward(scored, loss.gradient());
      return loss;
    }
  }

  /** The values at tokens of a golden array [N, L] as the model gives them, [B][G][tokens]. */
  float[][][] ragged(float[] golden) {
    int group = completions.groups().get(0).size();
    float[][][] result = new float[prompts.size()][group][];
    for (int i = 0; i < advantages.length; i++) {
      int length = completions.groups().get(i / group).get(i % group).ids().length;
      result[i / group][i % group] =
          java.util.Arrays.copyOfRange(golden, i * longest, i * longest + length);
    }
    return result;
  }
}
