package ai.medr1.core.model;

import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.medr1.core.text.Prompt;
import ai.medr1.core.torchscript.Arguments;
import ai.medr1.core.torchscript.Key;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.ObjIntConsumer;

/**
 * A model that writes: {@link QwenVl#drawing}. A prompt, its images among it, is computed once; its
 * continuations share it.
 *
 * <p>Letters in shapes: B prompts, G continuations of each, K tokens.
 */
public final class Drawing {
  private final Network network;
  private final FiniteLogits finite;

  Drawing(Network network) {
    this.network = network;
    this.finite = new FiniteLogits(network);
  }

  /**
   * Runs the vision tower and the prompts, once. The result belongs to the caller, and serves until
   * the weights change.
   *
   * <p>A model whose vision tower is trained keeps the inputs of its layers as well: if the same
   * images are scored next, before the weights change, the tower does not run again.
   */
  public PrefixCache encode(List<Prompt> prompts) {
    PackedBatch batch = PackedBatch.ofPrompts(prompts, network.config());
    try (Arguments a = new Arguments(network.kernels().manager())) {
      network.inputs().addBatch(a, batch);
      a.array(Key.FEATURES, network.vision().ofNextToScore(Network.images(prompts), a.scope()));
      IValue tensors = network.kernels().infer("encode", a);
      return new PrefixCache(List.copyOf(prompts), batch, tensors, network.version().number());
    }
  }

  /**
   * Draws continuations.
   *
   * @param prefix the prompts, from {@link #encode}
   * @param group continuations per prompt G
   * @param streams [B] random stream of every prompt ({@link RandomStreams#key}); not used by
   *     greedy sampling
   * @return [B][G]
   * @throws NotFiniteException if logits are not finite
   * @throws IllegalStateException if the weights have changed since the prompts were encoded
   */
  public Continuations sample(PrefixCache prefix, int group, Sampling sampling, long[] streams) {
    int prompts = prefix.prompts().size();
    if (!sampling.greedy() && streams.length != prompts) {
      throw new IllegalArgumentException(
          "every prompt has a stream: " + prompts + " prompts, " + streams.length + " streams");
    }
    network.version().require("these prompts were encoded", prefix.weights());
    try (Arguments a = new Arguments(network.kernels().manager())) {
      network.inputs().addSampling(a, prefix, group, sampling, streams);
      try (IValue drawn = network.kernels().infer("sample", a, prefix.tensors())) {
        PtNDArray[] arrays = drawn.toTensorArray((PtNDManager) a.scope());
        Origin origin = network.version().origin(sampling.distribution());
        return finite(prefix, continuations(arrays[0], arrays[1], arrays[2], group, origin));
      }
    }
  }

  private Continuations finite(PrefixCache prefix, Continuations drawn) {
    for (int b = 0; b < drawn.groups().size(); b++) {
      for (Continuation continuation : drawn.groups().get(b)) {
        finite.require(b, prefix.prompts().get(b), continuation);
      }
    }
    return drawn;
  }

  private static Continuations continuations(
      NDArray ids, NDArray logps, NDArray ended, int group, Origin origin) {
    int longest = Math.toIntExact(ids.getShape().get(1));
    long[] allIds = ids.toLongArray();
    float[] allLogps = logps.toFloatArray();
    boolean[] finished = ended.toBooleanArray();
    List<List<Continuation>> groups = new ArrayList<>();
    for (int first = 0; first < finished.length; first += group) {
      List<Continuation> members = new ArrayList<>();
      for (int i = first; i < first + group; i++) {
        int[] tokens = tokens(allIds, i * longest, longest);
        float[] theirs = Arrays.copyOfRange(allLogps, i * longest, i * longest + tokens.length);
        members.add(new Continuation(tokens, theirs, finished[i], Optional.of(origin)));
      }
      groups.add(members);
    }
    return new Continuations(groups);
  }

  /** The ids before the first that is negative. */
  private static int[] tokens(long[] ids, int first, int longest) {
    return Arrays.stream(ids, first, first + longest)
        .takeWhile(id -> id >= 0)
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  /** {@link #encode} and {@link #sample} in one. */
  public Continuations generate(
      List<Prompt> prompts, int group, Sampling sampling, long[] streams) {
    try (PrefixCache prefix = encode(prompts)) {
      return sample(prefix, group, sampling, streams);
    }
  }

  /**
   * Answers requests, at most {@code slots} at once: a request that waits takes the place of one
   * that has been answered, so that no answer waits for a longer one. What an answer is does not
   * depend on the others, but for rounding.
   *
   * @param requests are asked for on this thread when slots become free; like lengths one after the
   *     other spare work
   * @param answered gets every answer with the number of its request, counted from 0, in the order
   *     in which they end
   * @throws NotFiniteException if logits are not finite; it tells the number of the request
   */
  public void answer(
      Iterator<Request> requests,
      int slots,
      Sampling sampling,
      ObjIntConsumer<Continuation> answered) {
    if (slots < 1) {
      throw new IllegalArgumentException("slots is positive, found " + slots);
    }
    try (Slots open = new Slots(network, this::encode, finite, sampling)) {
      open.run(requests, slots, answered);
    }
  }

  /**
   * Log-probabilities of some tokens to be the first of a completion, without drawing one.
   *
   * @param tokens [K] ids
   * @return [B][K] natural log-probabilities; vision tokens are left out of the normalisation, as
   *     {@link Sampling#greedy} does
   * @throws NotFiniteException if logits are not finite
   */
  public float[][] firstLogProbs(List<Prompt> prompts, int[] tokens) {
    PackedBatch batch = PackedBatch.ofPrompts(prompts, network.config());
    try (Arguments a = new Arguments(network.kernels().manager())) {
      network.inputs().addBatch(a, batch);
      network.inputs().addTargets(a, batch, Sampling.greedy(1, Set.of()).distribution());
      a.integers(Key.TOKENS, tokens);
      a.array(Key.FEATURES, network.features(prompts, a.scope()));
      float[] flat = network.infer("first_logps", a).toFloatArray();
      float[][] rows = new float[prompts.size()][];
      for (int b = 0; b < rows.length; b++) {
        rows[b] = Arrays.copyOfRange(flat, b * tokens.length, (b + 1) * tokens.length);
        finite.requireRow(b, prompts.get(b), tokens, rows[b]);
      }
      return rows;
    }
  }
}
