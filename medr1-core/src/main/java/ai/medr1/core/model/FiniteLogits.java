package ai.medr1.core.model;

import ai.djl.ndarray.NDArray;
import ai.medr1.core.text.Prompt;
import ai.medr1.core.torchscript.Arguments;
import ai.medr1.core.torchscript.SegmentKind;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/**
 * Sees to it that nothing is made of logits that are not finite. A chosen token's log-probability
 * tells: the normaliser in it is NaN or infinite as soon as one logit is. Only then the prompt runs
 * again, layer by layer, to find where it begins.
 */
final class FiniteLogits {
  private final Network network;

  FiniteLogits(Network network) {
    this.network = network;
  }

  /**
   * @param sequence number of the prompt in the call
   * @param drawn what was drawn behind the prompt
   * @throws NotFiniteException if a log-probability is not finite
   */
  void require(int sequence, Prompt prompt, Continuation drawn) {
    for (int i = 0; i < drawn.logps().length; i++) {
      if (!Float.isFinite(drawn.logps()[i])) {
        throw failure(sequence, prompt, Arrays.copyOf(drawn.ids(), i + 1));
      }
    }
  }

  /**
   * A banned token's log-probability is negative infinity, but then another's is not.
   *
   * @param logps of tokens that may follow the prompt
   * @throws NotFiniteException if one of them is NaN, or all of them are infinite
   */
  void requireRow(int sequence, Prompt prompt, int[] tokens, float[] logps) {
    boolean found = logps.length == 0;
    boolean sound = true;
    for (float logp : logps) {
      found |= Float.isFinite(logp);
      sound &= logp <= 0;
    }
    if (!found || !sound) {
      throw failure(sequence, prompt, Arrays.copyOf(tokens, 1));
    }
  }

  /**
   * @param tokens drawn behind the prompt up to the one whose logits are not finite, at least one
   */
  NotFiniteException failure(int sequence, Prompt prompt, int[] tokens) {
    Continuation drawn = new Continuation(tokens, new float[tokens.length], false);
    PackedBatch batch =
        PackedBatch.of(
            List.of(prompt), new Continuations(List.of(List.of(drawn))), network.config());
    String place = place(prompt, batch);
    return NotFiniteException.at(sequence, place, broken(place));
  }

  private String place(Prompt prompt, PackedBatch batch) {
    try (Arguments a = new Arguments(network.kernels().manager())) {
      network.inputs().addBatch(a, batch);
      if (!prompt.images().isEmpty()) {
        network.inputs().addVision(a, prompt.images());
      }
      long[] found = network.kernels().train("first_not_finite", a).get(0).toLongArray();
      return name(SegmentKind.of(found[0]), found[1]);
    }
  }

  private String name(SegmentKind kind, long index) {
    return switch (kind) {
      case PATCHES -> "visual.patch_embed";
      case VISION_BLOCK -> "visual.blocks." + index;
      case DEEP_MERGER -> "visual.deepstack_merger_list." + index;
      case MERGER -> "visual.merger";
      case EMBEDDING -> "model.embed_tokens";
      case DECODER_LAYER -> "model.layers." + index;
      case FINAL_NORM -> "model.norm";
      case LOGITS -> network.config().tieWordEmbeddings() ? "model.embed_tokens" : "lm_head";
    };
  }

  private List<String> broken(String place) {
    Stream<String> there = network.weights().stream().filter(name -> name.startsWith(place + "."));
    return there.filter(name -> !finite(name)).sorted().toList();
  }

  private boolean finite(String weight) {
    try (NDArray array = network.kernels().get("finite", network.kernels().manager(), weight)) {
      return array.getFloat() > 0;
    }
  }
}
