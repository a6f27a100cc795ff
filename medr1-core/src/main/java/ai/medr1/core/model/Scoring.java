package ai.medr1.core.model;

import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDManager;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.text.Prompt;
import ai.medr1.core.torchscript.Arguments;
import ai.medr1.core.torchscript.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * A model that says how probable given texts are, and differentiates that: {@link QwenVl#scoring}.
 *
 * <p>Letters in shapes: B prompts or sequences, G continuations of each, T tokens, V vocabulary.
 * Log-probabilities are natural.
 */
public final class Scoring {
  private static final float[] UNKNOWN = {};

  private final Network network;

  Scoring(Network network) {
    this.network = network;
  }

  /**
   * Log-probabilities of continuations, without gradients.
   *
   * @return [B][G][tokens of the continuation]
   */
  public float[][][] logProbs(
      List<Prompt> prompts, Continuations continuations, Distribution distribution) {
    PackedBatch batch = PackedBatch.of(prompts, continuations, network.config());
    try (Arguments a = new Arguments(network.kernels().manager())) {
      addTo(a, prompts, batch, distribution);
      return batch.ragged(network.infer("logps", a).toFloatArray());
    }
  }

  /**
   * The same of the model without its adapters: the reference policy, without a second copy of the
   * weights.
   *
   * @throws IllegalStateException if the model has no adapters, or they are merged
   */
  public float[][][] baseLogProbs(
      List<Prompt> prompts, Continuations continuations, Distribution distribution) {
    LoraBranches branches =
        network.lora().orElseThrow(() -> new IllegalStateException("this model has no adapters"));
    branches.require(LoraBranches.State.ON);
    branches.off();
    try {
      return logProbs(prompts, continuations, distribution);
    } finally {
      branches.on();
    }
  }

  /**
   * Logits of every token of whole sequences, without gradients.
   *
   * @return [T, V] float32, owned by {@code owner}; the sequences' tokens one after the other
   */
  public NDArray logits(List<Prompt> sequences, NDManager owner) {
    List<boolean[]> everywhere = new ArrayList<>();
    for (Prompt sequence : sequences) {
      everywhere.add(new boolean[sequence.ids().length]);
    }
    PackedBatch batch = PackedBatch.ofSequences(sequences, everywhere, network.config());
    try (Arguments a = new Arguments(network.kernels().manager())) {
      addTo(a, sequences, batch, Distribution.PLAIN);
      NDArray logits = network.infer("logits", a);
      logits.attach(owner);
      return logits;
    }
  }

  private void addTo(
      Arguments a, List<Prompt> prompts, PackedBatch batch, Distribution distribution) {
    network.inputs().addBatch(a, batch);
    network.inputs().addTargets(a, batch, distribution);
    a.array(Key.FEATURES, network.features(prompts, a.scope()));
  }

  /**
   * Log-probabilities of continuations that can be differentiated. The graph stays in native memory
   * until {@link #backward} or {@link Scored#close}.
   *
   * @throws IllegalStateException if the model was loaded without gradients, or its adapters are
   *     merged
   */
  public Scored score(
      List<Prompt> prompts, Continuations continuations, Distribution distribution) {
    PackedBatch batch = PackedBatch.of(prompts, continuations, network.config());
    return score(prompts, batch, distribution, UNKNOWN);
  }

  /**
   * Log-probabilities of marked tokens of whole sequences that can be differentiated, [B][1][marked
   * tokens of the sequence]: what supervised fine-tuning needs.
   *
   * @param labels [B][tokens of the sequence] true at a token that is learned; never the first
   */
  public Scored scoreSequences(List<Prompt> sequences, List<boolean[]> labels) {
    PackedBatch batch = PackedBatch.ofSequences(sequences, labels, network.config());
    return score(sequences, batch, Distribution.PLAIN, UNKNOWN);
  }

  /**
   * The same as {@link #score} of continuations that this model has drawn with the weights that it
   * has now: in float32 their log-probabilities are taken as they were drawn, which spares a pass
   * over the vocabulary.
   *
   * @param drawn from {@link Drawing}; no update was made since
   * @param distribution with which they were drawn
   * @throws IllegalStateException if the weights have changed since, or another model drew them
   * @throws IllegalArgumentException if they were drawn with another distribution
   */
  public Scored scoreDrawn(List<Prompt> prompts, Continuations drawn, Distribution distribution) {
    drawn.groups().forEach(group -> group.forEach(c -> requireDrawnNow(c, distribution)));
    PackedBatch batch = PackedBatch.of(prompts, drawn, network.config());
    return score(prompts, batch, distribution, takesDrawn() ? drawn.logps() : UNKNOWN);
  }

  /**
   * Whether {@link #scoreDrawn} takes log-probabilities as they were drawn. In bfloat16, two ways
   * of computing differ too much; dropout is not there when drawing.
   */
  public boolean takesDrawn() {
    boolean drops = network.options().lora().map(lora -> lora.dropout() > 0).orElse(false);
    return network.options().dtype() == DType.F32 && !drops;
  }

  private void requireDrawnNow(Continuation continuation, Distribution distribution) {
    Origin origin =
        continuation
            .origin()
            .orElseThrow(
                () ->
                    new IllegalStateException(
                        "this continuation was not drawn by a model; score(...) takes any"));
    WeightsVersion now = network.version();
    if (origin.weights() != now.number()) {
      throw new IllegalStateException(
          "this continuation was drawn after %d updates, of other weights than the model has now, after %d; score(...) takes any"
              .formatted(origin.updates(), now.updates()));
    }
    if (!Objects.equals(origin.distribution(), distribution)) {
      throw new IllegalArgumentException(
          "this continuation was drawn with %s, to be scored with %s; score(...) takes any"
              .formatted(origin.distribution(), distribution));
    }
  }

  /**
   * Scores.
   *
   * @param drawn [T] log-probabilities of the targets, where they are known
   */
  private Scored score(
      List<Prompt> prompts, PackedBatch batch, Distribution distribution, float[] drawn) {
    if (!network.options().trains()) {
      throw new IllegalStateException(
          "this model was loaded without gradients: load it with LoadOptions.training()");
    }
    network.lora().ifPresent(branches -> branches.require(LoraBranches.State.ON));
    long handle = network.newHandle();
    try (Arguments a = new Arguments(network.kernels().manager())) {
      network.lora().ifPresent(branches -> branches.addDropout(a, network.version().updates()));
      network.inputs().addBatch(a, batch);
      network.inputs().addTargets(a, batch, distribution);
      a.numbers(Key.DRAWN, drawn, drawn.length);
      a.integer(Key.HANDLE, handle);
      a.integer(Key.AGAIN, network.options().recompute() ? 1 : 0);
      network.vision().addToScore(a, Network.images(prompts));
      float[] logps = network.kernels().train("score", a).get(0).toFloatArray();
      long weights = network.version().number();
      return new Scored(batch, logps, weights, handle, () -> network.kernels().release(handle));
    }
  }

  /**
   * Adds the gradients of a loss to those that are there already.
   *
   * @param scored from this model; its graph is used up
   * @param dLogps derivative of the loss by the log-probabilities, [B][G][tokens of the
   *     continuation]
   * @throws IllegalStateException if the weights have changed since it was scored
   * @throws EngineException if the engine fails, for want of memory above all; some gradients have
   *     been added then, and {@link Learner#zeroGradients} is the way back
   */
  public void backward(Scored scored, float[][][] dLogps) {
    float[] packed = scored.pack(dLogps);
    network.version().require("these log-probabilities were computed", scored.weights());
    scored.use();
    try (Arguments a = new Arguments(network.kernels().manager())) {
      a.integer(Key.HANDLE, scored.handle()).numbers(Key.D_LOGPS, packed, packed.length);
      network.kernels().train("backward", a);
    } catch (EngineException e) {
      network.kernels().release(scored.handle()); // what is left; gradients are incomplete
      throw e;
    }
  }
}
