package ai.medr1.core.torchscript;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A decoder layer against sequences that are computed alone, and vision blocks against runs. */
class LayersTest extends KernelTest {
  private static final int HEADS = 4;
  private static final int KV = 2;
  private static final int SIZE = 6; // of a head; four heads are wider than a row
  private static final int D = 10;
  private static final String LAYER = "model.layers.0.";

  static Map<String, double[][]> decoderWeights(Random random, String p) {
    Map<String, double[][]> w = new LinkedHashMap<>();
    w.put(p + "input_layernorm.weight", Plain.random(random, 1, D));
    w.put(p + "post_attention_layernorm.weight", Plain.random(random, 1, D));
    w.put(p + "self_attn.q_proj.weight", small(random, HEADS * SIZE, D));
    w.put(p + "self_attn.q_proj.bias", Plain.random(random, 1, HEADS * SIZE));
    for (String part : List.of("k", "v")) {
      w.put(p + "self_attn." + part + "_proj.weight", small(random, KV * SIZE, D));
      w.put(p + "self_attn." + part + "_proj.bias", Plain.random(random, 1, KV * SIZE));
    }
    w.put(p + "self_attn.o_proj.weight", small(random, D, HEADS * SIZE));
    w.put(p + "mlp.gate_proj.weight", small(random, 14, D));
    w.put(p + "mlp.up_proj.weight", small(random, 14, D));
    w.put(p + "mlp.down_proj.weight", small(random, D, 14));
    return w;
  }

  private static double[][] small(Random random, int rows, int columns) {
    return Plain.map(Plain.random(random, rows, columns), x -> (float) (x / Math.sqrt(columns)));
  }

  private static void put(Arguments a, Map<String, double[][]> weights) {
    weights.forEach(
        (name, w) -> {
          if (w.length == 1) {
            put(a, name, w[0]);
          } else {
            put(a, name, w);
          }
        });
  }

  /** One sequence through the layer, causally; positions [tokens], the same on all axes. */
  static double[][] decoder(Map<String, double[][]> w, String p, double[][] x, int[] positions) {
    double[][] h = Plain.rmsNorm(x, w.get(p + "input_layernorm.weight")[0], 1e-6);
    double[][] q = heads(projected(w, p, "q", h), HEADS, positions);
    double[][] k = heads(projected(w, p, "k", h), KV, positions);
    double[][] v = projected(w, p, "v", h);
    double[][] o = new double[x.length][HEADS * SIZE];
    for (int i = 0; i < x.length; i++) {
      for (int head = 0; head < HEADS; head++) {
        int shared = head / (HEADS / KV);
        double[] out =
            Plain.attend(Plain.head(q[i], head, SIZE), seen(k, shared, i), seen(v, shared, i));
        System.arraycopy(out, 0, o[i], head * SIZE, SIZE);
      }
    }
    double[][] y = Plain.add(x, Plain.linear(o, w.get(p + "self_attn.o_proj.weight"), null));
    h = Plain.rmsNorm(y, w.get(p + "post_attention_layernorm.weight")[0], 1e-6);
    double[][] gate = Plain.linear(h, w.get(p + "mlp.gate_proj.weight"), null);
    double[][] up = Plain.linear(h, w.get(p + "mlp.up_proj.weight"), null);
    double[][] inner = Plain.times(Plain.map(gate, Plain::silu), up);
    return Plain.add(y, Plain.linear(inner, w.get(p + "mlp.down_proj.weight"), null));
  }

  private static double[][] projected(
      Map<String, double[][]> w, String p, String part, double[][] h) {
    String name = p + "self_attn." + part + "_proj.";
    return Plain.linear(h, w.get(name + "weight"), w.get(name + "bias")[0]);
  }

  private static double[][] heads(double[][] x, int heads, int[] positions) {
    double[][] y = new double[x.length][heads * SIZE];
    for (int i = 0; i < x.length; i++) {
      double[] angles = new double[SIZE / 2];
      for (int j = 0; j < angles.length; j++) {
        angles[j] = positions[i] / Math.pow(10000, 2.0 * j / SIZE);
      }
      for (int head = 0; head < heads; head++) {
        double[] turned = Plain.turned(Plain.head(x[i], head, SIZE), angles);
        System.arraycopy(turned, 0, y[i], head * SIZE, SIZE);
      }
    }
    return y;
  }

  /** The rows up to {@code last} of one head. */
  private static double[][] seen(double[][] x, int head, int last) {
    return Arrays.stream(x, 0, last + 1)
        .map(row -> Plain.head(row, head, SIZE))
        .toArray(double[][]::new);
  }

  /** Prompts of two and three tokens with two continuations each, of one to three tokens. */
  private static final class Case {
    final int[] prompts;
    final int[] continuations;
    final int group = 2;
    final Map<String, double[][]> weights;
    final double[][] x;

    Case(long seed, boolean even) {
      Random random = new Random(seed);
      prompts = even ? new int[] {3, 3} : new int[] {2, 3};
      continuations = even ? new int[] {2, 2, 2, 2} : new int[] {1, 3, 2, 2};
      weights = decoderWeights(random, LAYER);
      x = Plain.random(random, promptRows() + Arrays.stream(continuations).sum(), D);
    }

    int promptRows() {
      return Arrays.stream(prompts).sum();
    }

    /** What every row should be: its prompt and its continuation, computed alone. */
    double[][] expected() {
      double[][] y = new double[x.length][];
      int prompt = 0;
      int own = promptRows();
      for (int b = 0; b < prompts.length; b++) {
        for (int g = 0; g < group; g++) {
          int length = continuations[b * group + g];
          List<double[]> rows = new ArrayList<>(List.of(x).subList(prompt, prompt + prompts[b]));
          rows.addAll(List.of(x).subList(own, own + length));
          double[][] alone =
              decoder(weights, LAYER, rows.toArray(double[][]::new), range(prompts[b] + length));
          System.arraycopy(alone, 0, y, prompt, prompts[b]);
          System.arraycopy(alone, prompts[b], y, own, length);
          own += length;
        }
        prompt += prompts[b];
      }
      return y;
    }

    void put(Arguments a, boolean withContinuations) {
      LayersTest.put(a, weights);
      int longest = Arrays.stream(prompts).max().orElseThrow();
      boolean padded = Arrays.stream(prompts).min().orElseThrow() < longest;
      boolean ragged = Arrays.stream(continuations).distinct().count() > 1;
      int most = withContinuations ? Arrays.stream(continuations).max().orElseThrow() : 0;
      int[] at = positions(withContinuations);
      KernelTest.put(a, "x", Arrays.copyOf(x, at.length));
      a.integers("positions", new int[][] {at, at, at})
          .integers("axis", new int[] {0, 1, 2})
          .integers("ids", new int[0])
          .integers("image_rows", new int[0])
          .integers("rows", new int[0])
          .integers(
              "sizes",
              new int[] {
                prompts.length, longest, withContinuations ? group : 0, most, promptRows()
              })
          .integers("p_lengths", padded ? prompts : new int[0])
          .integers("c_lengths", withContinuations && ragged ? continuations : new int[0])
          .integers("c_prompts", padded ? new int[] {2, 2, 3, 3} : new int[] {longest});
      if (padded) {
        float no = Float.NEGATIVE_INFINITY;
        a.numbers("hidden", new float[] {0, 0, no, 0, 0, 0}, 2, 1, 1, 3);
      } else {
        a.numbers("hidden", new float[0], 0);
      }
    }

    private int[] positions(boolean withContinuations) {
      List<Integer> at = new ArrayList<>();
      for (int length : prompts) {
        Arrays.stream(range(length)).forEach(at::add);
      }
      for (int i = 0; withContinuations && i < continuations.length; i++) {
        for (int j = 0; j < continuations[i]; j++) {
          at.add(prompts[i / group] + j);
        }
      }
      return at.stream().mapToInt(Integer::intValue).toArray();
    }
  }

  private static int[] range(int n) {
    return java.util.stream.IntStream.range(0, n).toArray();
  }

  @ParameterizedTest(name = "seed {0}, equal lengths {1}")
  @CsvSource({"1, false", "2, true"})
  void aDecoderLayerOverPackedRows(long seed, boolean even) {
    Case c = new Case(seed, even);
    double[] found = call("decoder_layer", a -> c.put(a, true)).get(0);
    assertClose(found, c.expected(), 1e-4); // two norms and seven products deep
  }

  /** Of the last layer the wanted rows alone, in the order in which they are wanted. */
  @Test
  void theLastLayerGivesTheWantedRows() {
    Case c = new Case(9, false);
    int[] rows = {4, 1, 5, 1};
    double[] found =
        call(
                "last_layer",
                a -> {
                  c.put(a, true);
                  a.integers("rows", rows);
                })
            .get(0);
    double[][] all = c.expected();
    assertClose(found, Arrays.stream(rows).mapToObj(i -> all[i]).toArray(double[][]::new), 1e-4);
    // no other layer looks at them
    double[] other =
        call(
                "decoder_layer",
                a -> {
                  c.put(a, true);
                  a.integers("rows", rows);
                })
            .get(0);
    assertClose(other, all, 1e-4);
  }

  @ParameterizedTest(name = "{1}, seed {0}, equal prompts {2}, packed {3}")
  @CsvSource({
    "3, PLAIN, false, 0",
    "4, PLAIN, true, 1",
    "5, ONEDNN, false, 1",
    "6, WIDE, false, 0"
  })
  void aDecoderLayerTokenByToken(long seed, Dense dense, boolean even, int packed) {
    Case c = new Case(seed, even);
    Arrays.fill(c.continuations, 2); // tokens are drawn for all rows
    double[][] own = Arrays.copyOfRange(c.x, c.promptRows(), c.promptRows() + 8);
    double[] found =
        call(
                dense,
                Map.of(),
                "decode_layer",
                a -> {
                  c.put(a, false);
                  a.numbers("continuations", Plain.flat(own), 4, 2, D);
                  a.integers("next", c.prompts).integer("packed", packed);
                })
            .get(0);
    double[][] expected = Arrays.copyOfRange(c.expected(), c.promptRows(), c.promptRows() + 8);
    assertClose(found, expected, 1e-4);
  }

  /** Two runs of patches; each attends to itself alone. Gated: in a tower of Qwen2.5-VL's kind. */
  @ParameterizedTest(name = "seed {0}, gated {1}, in windows {2}")
  @CsvSource({"7, true, 1", "8, false, 0"})
  void aVisionBlock(long seed, boolean gated, int windowed) {
    Random random = new Random(seed);
    int width = 8;
    String p = "visual.blocks.0.";
    Map<String, double[][]> w = new LinkedHashMap<>();
    w.put(p + "norm1.weight", Plain.random(random, 1, width));
    w.put(p + "norm2.weight", Plain.random(random, 1, width));
    w.put(p + "attn.qkv.weight", small(random, 3 * width, width));
    w.put(p + "attn.qkv.bias", Plain.random(random, 1, 3 * width));
    w.put(p + "attn.proj.weight", small(random, width, width));
    for (String name : gated ? List.of("gate_proj", "up_proj") : List.of("fc1")) {
      w.put(p + "mlp." + name + ".weight", small(random, 12, width));
    }
    w.put(p + "mlp." + (gated ? "down_proj" : "fc2") + ".weight", small(random, width, 12));
    double[][] x = Plain.random(random, 5, width);
    int[][] positions = {{0, 0}, {0, 1}, {1, 0}, {1, 1}, {2, 3}};
    int[] lengths = {2, 3};
    double[] found =
        call(
                "vision_block",
                a -> {
                  put(a, w);
                  put(a, "x", x);
                  put(a, "v_pixels", x);
                  a.integers("v_positions", positions).integers("v_order", new int[0]);
                  a.integers("v_windowed", new int[] {windowed});
                  float no = Float.NEGATIVE_INFINITY;
                  String used = windowed == 1 ? "v_window_" : "v_full_";
                  String other = windowed == 1 ? "v_full_" : "v_window_";
                  a.integers(used + "sizes", new int[] {2, 3}).integers(used + "lengths", lengths);
                  a.numbers(used + "mask", new float[] {0, 0, no, 0, 0, 0}, 2, 1, 1, 3);
                  a.integers(other + "sizes", new int[] {1, 5});
                  a.integers(other + "lengths", new int[0])
                      .numbers(other + "mask", new float[0], 0);
                })
            .get(0);
    assertClose(found, vision(w, p, x, positions, lengths), 1e-4);
  }

  private static double[][] vision(
      Map<String, double[][]> w, String p, double[][] x, int[][] positions, int[] lengths) {
    int size = 4; // of a head: rows and columns turn a pair each
    double[][] h = Plain.rmsNorm(x, w.get(p + "norm1.weight")[0], 1e-6);
    double[][] qkv = Plain.linear(h, w.get(p + "attn.qkv.weight"), w.get(p + "attn.qkv.bias")[0]);
    double[][] o = new double[x.length][8];
    int first = 0;
    for (int length : lengths) {
      for (int head = 0; head < 2; head++) {
        double[][][] parts = new double[3][length][];
        for (int i = 0; i < length; i++) {
          int[] at = positions[first + i];
          for (int part = 0; part < 3; part++) {
            parts[part][i] = Plain.head(qkv[first + i], 2 * part + head, size);
            if (part < 2) {
              parts[part][i] = Plain.turned(parts[part][i], new double[] {at[0], at[1]});
            }
          }
        }
        for (int i = 0; i < length; i++) {
          double[] out = Plain.attend(parts[0][i], parts[1], parts[2]);
          System.arraycopy(out, 0, o[first + i], head * size, size);
        }
      }
      first += length;
    }
    double[][] y = Plain.add(x, Plain.linear(o, w.get(p + "attn.proj.weight"), null));
    h = Plain.rmsNorm(y, w.get(p + "norm2.weight")[0], 1e-6);
    if (w.containsKey(p + "mlp.fc1.weight")) {
      double[][] inner = Plain.linear(h, w.get(p + "mlp.fc1.weight"), null);
      inner = Plain.map(inner, v -> v / (1 + Math.exp(-1.702 * v)));
      return Plain.add(y, Plain.linear(inner, w.get(p + "mlp.fc2.weight"), null));
    }
    double[][] gate = Plain.linear(h, w.get(p + "mlp.gate_proj.weight"), null);
    double[][] up = Plain.linear(h, w.get(p + "mlp.up_proj.weight"), null);
    double[][] inner = Plain.times(Plain.map(gate, Plain::silu), up);
    return Plain.add(y, Plain.linear(inner, w.get(p + "mlp.down_proj.weight"), null));
  }
}
