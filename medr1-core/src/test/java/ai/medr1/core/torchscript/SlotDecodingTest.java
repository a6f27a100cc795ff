package ai.medr1.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Answers in slots, greedy, against sequences that are computed anew for every token. Seed 1. */
class SlotDecodingTest extends KernelTest {
  private static final int D = 10;
  private static final int VOCABULARY = 12;
  private static final int[][] PROMPTS = {{3, 7}, {1, 9, 4}};
  private static final float HIDDEN = Float.NEGATIVE_INFINITY;

  private final Map<String, double[][]> weights = new LinkedHashMap<>();
  private Kernels kernels;

  /** Ids [S][t], their log-probabilities, and which slots have ended, and by a stop token. */
  private record Drawn(long[] ids, float[] logps, boolean[] ended, boolean[] stopped) {}

  @BeforeEach
  void load() {
    Random random = new Random(1);
    weights.put("model.embed_tokens.weight", Plain.random(random, VOCABULARY, D));
    weights.put("lm_head.weight", Plain.random(random, VOCABULARY, D));
    weights.put("model.norm.weight", Plain.random(random, 1, D));
    weights.putAll(LayersTest.decoderWeights(random, "model.layers.0."));
    weights.putAll(LayersTest.decoderWeights(random, "model.layers.1."));
    kernels =
        Kernels.of(KernelArchive.pack(Probe.shape(), Dense.PLAIN.resource()), Device.cpu(), null);
    weights.forEach(this::store);
    fill();
  }

  @AfterEach
  void close() {
    kernels.close();
  }

  private void store(String name, double[][] w) {
    kernels.set("set_path", "w/" + name);
    try (Arguments a = new Arguments(kernels.manager())) {
      long[] shape = w.length == 1 ? new long[] {w[0].length} : new long[] {w.length, w[0].length};
      a.numbers("value", Plain.flat(w), shape).integer("code", 6).real("where", 0);
      kernels.train("put", a);
    }
  }

  /** Encodes the prompts into two slots. */
  private void fill() {
    int[] at = {0, 1, 0, 1, 2};
    try (Arguments a = new Arguments(kernels.manager())) {
      a.integers("ids", new int[] {3, 7, 1, 9, 4})
          .integers("positions", new int[][] {at, at, at})
          .integers("axis", new int[] {0, 1, 2})
          .integers("image_rows", new int[0])
          .integers("rows", new int[] {1, 4})
          .integers("sizes", new int[] {2, 3, 0, 0, 5})
          .integers("p_lengths", new int[] {2, 3})
          .integers("c_lengths", new int[0])
          .integers("c_prompts", new int[] {2, 3})
          .numbers("features", new float[0], 0);
      try (IValue prefix = kernels.infer("encode", a)) {
        change("fill_slots", new int[0], new int[0], 0, 3, prefix);
      }
    }
  }

  private void change(
      String method, int[] kept, int[] used, int drawn, int columns, IValue... prefix) {
    try (Arguments a = new Arguments(kernels.manager())) {
      a.integer("handle", 1).integers("kept", kept).integers("used", used);
      a.integer("drawn", drawn).integer("columns", columns);
      kernels.infer(method, a, prefix).close();
    }
  }

  private Drawn decode(float[] hidden, int[] next, int[] left, int enough, int... stops) {
    int slots = next.length;
    try (Arguments a = new Arguments(kernels.manager())) {
      a.integer("handle", 1)
          .integer("greedy", 1)
          .real("temperature", 1)
          .real("penalty", 1)
          .integer("top_k", 0)
          .real("top_p", 1)
          .integers("banned", new int[0])
          .integers("stops", stops)
          .integers("next", next)
          .integers("left", left)
          .integer("enough", enough)
          .integer("steps", 4)
          .numbers("uniforms", new float[0], 0);
      if (hidden.length == 0) {
        a.numbers("hidden", hidden, 0);
      } else {
        a.numbers("hidden", hidden, slots, 1, 1, hidden.length / slots);
      }
      try (IValue result = kernels.infer("decode_slots", a)) {
        NDArray[] arrays = result.toTensorArray((PtNDManager) a.scope());
        return new Drawn(
            arrays[0].toLongArray(),
            arrays[1].toFloatArray(),
            arrays[2].toBooleanArray(),
            arrays[3].toBooleanArray());
      }
    }
  }

  private Drawn decodeBoth(int[] left, int enough, int... stops) {
    return decode(new float[] {0, 0, HIDDEN, 0, 0, 0}, new int[] {2, 3}, left, enough, stops);
  }

  /** The likeliest tokens behind a prompt, each with its log-probability. */
  private List<double[]> expected(int[] prompt, int count) {
    List<Integer> ids = new ArrayList<>();
    for (int id : prompt) {
      ids.add(id);
    }
    List<double[]> drawn = new ArrayList<>();
    for (int t = 0; t < count; t++) {
      double[][] x = new double[ids.size()][];
      int[] at = new int[ids.size()];
      for (int i = 0; i < x.length; i++) {
        x[i] = weights.get("model.embed_tokens.weight")[ids.get(i)];
        at[i] = i;
      }
      x = LayersTest.decoder(weights, "model.layers.0.", x, at);
      x = LayersTest.decoder(weights, "model.layers.1.", x, at);
      double[][] last = {x[x.length - 1]};
      last = Plain.rmsNorm(last, weights.get("model.norm.weight")[0], 1e-6);
      double[] p = Plain.softmax(Plain.linear(last, weights.get("lm_head.weight"), null)[0]);
      int best = 0;
      for (int v = 0; v < VOCABULARY; v++) {
        best = p[v] > p[best] ? v : best;
      }
      ids.add(best);
      drawn.add(new double[] {best, Math.log(p[best])});
    }
    return drawn;
  }

  /**
   * @param first of the tokens behind the prompt, in the order in which they were drawn
   */
  private void assertDrawn(Drawn found, int slot, int prompt, int first, int count) {
    int steps = found.ids().length / found.ended().length;
    List<double[]> tokens = expected(PROMPTS[prompt], first + count);
    for (int t = 0; t < steps; t++) {
      long id = found.ids()[slot * steps + t];
      if (t < count) {
        assertThat(id).as("token %d", t).isEqualTo((long) tokens.get(first + t)[0]);
        assertThat((double) found.logps()[slot * steps + t])
            .isCloseTo(tokens.get(first + t)[1], org.assertj.core.data.Offset.offset(1e-4));
      } else {
        assertThat(id).as("behind the end").isEqualTo(-1);
      }
    }
  }

  @Test
  void slotsEndAfterAsManyTokensAsTheyHaveLeft() {
    Drawn found = decodeBoth(new int[] {2, 3}, 2);
    assertThat(found.ids()).hasSize(2 * 3);
    assertDrawn(found, 0, 0, 0, 2);
    assertDrawn(found, 1, 1, 0, 3);
    assertThat(found.ended()).containsExactly(true, true);
    assertThat(found.stopped()).containsExactly(false, false);
  }

  @Test
  void aStopTokenBelongsToTheAnswer() {
    int stop = (int) expected(PROMPTS[1], 1).get(0)[0];
    List<double[]> other = expected(PROMPTS[0], 4);
    assertThat(other).as("seed").noneMatch(token -> token[0] == stop);
    Drawn found = decodeBoth(new int[] {4, 4}, 2, stop);
    assertDrawn(found, 0, 0, 0, 4);
    assertDrawn(found, 1, 1, 0, 1);
    assertThat(found.ended()).containsExactly(true, true);
    assertThat(found.stopped()).containsExactly(false, true);
  }

  /** The first slot ends and leaves; what the second has drawn moves behind its prompt. */
  @Test
  void aSlotThatStaysGoesOn() {
    Drawn begun = decodeBoth(new int[] {2, 4}, 1);
    assertThat(begun.ids()).hasSize(2 * 2);
    assertThat(begun.ended()).containsExactly(true, false);
    change("keep_slots", new int[] {1}, new int[] {3}, 2, 5);
    Drawn found = decode(new float[0], new int[] {5}, new int[] {2}, 1);
    assertThat(found.ids()).hasSize(2);
    assertDrawn(found, 0, 1, 2, 2);
    assertThat(found.ended()).containsExactly(true);
  }
}
