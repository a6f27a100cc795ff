package ai.medr1.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.types.DataType;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Gradients of a whole pass against differences of its log-probabilities, both in double precision,
 * of a tower that gives the first decoder layer features of its first block as well.
 */
class TapeTest {
  private static final int D = 10;
  private static final int WIDTH = 8;
  private static final float[] D_LOGPS = {1, -0.5f, 0.25f, 2};

  /** Name, segment and sizes of every weight. */
  private record Weight(String segment, int... sizes) {}

  private static Map<String, Weight> weights() {
    Map<String, Weight> w = new LinkedHashMap<>();
    w.put("model.embed_tokens.weight", new Weight("table", 12, D));
    w.put("lm_head.weight", new Weight("table", 12, D));
    w.put("model.norm.weight", new Weight("text.norm", D));
    w.put("visual.patch_embed.proj.weight", new Weight("vision.embed", WIDTH, 6));
    for (int i = 0; i < 2; i++) {
      decoderLayer(w, "model.layers." + i + ".", "text." + i);
      visionBlock(w, "visual.blocks." + i + ".", "vision." + i);
    }
    merger(w, "visual.merger.", "vision.merge");
    merger(w, "visual.deepstack_merger_list.0.", "vision.deep.0");
    return w;
  }

  private static void decoderLayer(Map<String, Weight> w, String p, String segment) {
    w.put(p + "input_layernorm.weight", new Weight(segment, D));
    w.put(p + "post_attention_layernorm.weight", new Weight(segment, D));
    w.put(p + "self_attn.q_proj.weight", new Weight(segment, 24, D));
    w.put(p + "self_attn.k_proj.weight", new Weight(segment, 12, D));
    w.put(p + "self_attn.v_proj.weight", new Weight(segment, 12, D));
    w.put(p + "self_attn.o_proj.weight", new Weight(segment, D, 24));
    w.put(p + "mlp.gate_proj.weight", new Weight(segment, 14, D));
    w.put(p + "mlp.up_proj.weight", new Weight(segment, 14, D));
    w.put(p + "mlp.down_proj.weight", new Weight(segment, D, 14));
  }

  private static void visionBlock(Map<String, Weight> w, String p, String segment) {
    w.put(p + "norm1.weight", new Weight(segment, WIDTH));
    w.put(p + "norm2.weight", new Weight(segment, WIDTH));
    w.put(p + "attn.qkv.weight", new Weight(segment, 3 * WIDTH, WIDTH));
    w.put(p + "attn.proj.weight", new Weight(segment, WIDTH, WIDTH));
    w.put(p + "mlp.fc1.weight", new Weight(segment, 12, WIDTH));
    w.put(p + "mlp.fc2.weight", new Weight(segment, WIDTH, 12));
  }

  private static void merger(Map<String, Weight> w, String p, String segment) {
    w.put(p + "ln_q.weight", new Weight(segment, WIDTH));
    w.put(p + "mlp.0.weight", new Weight(segment, 16, 4 * WIDTH));
    w.put(p + "mlp.2.weight", new Weight(segment, D, 16));
  }

  /** Numbers with few bits, so that {@link #slope} can move them without rounding. */
  private static float[] random(Random random, Weight weight, double grid) {
    int columns = weight.sizes()[weight.sizes().length - 1];
    int rows = weight.sizes().length == 1 ? 1 : weight.sizes()[0];
    float[] values = new float[rows * columns];
    for (int i = 0; i < values.length; i++) {
      double value = random.nextGaussian() / (rows == 1 ? 1 : Math.sqrt(columns));
      values[i] = (float) (Math.rint(value / grid) * grid);
    }
    return values;
  }

  /** The kernels in double precision: nothing in them is of float32 any more. */
  private static byte[] inDoublePrecision(byte[] archive) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipInputStream in = new ZipInputStream(new ByteArrayInputStream(archive));
        ZipOutputStream out = new ZipOutputStream(bytes)) {
      out.setMethod(ZipOutputStream.STORED);
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        byte[] content = in.readAllBytes();
        if (entry.getName().endsWith(".py")) {
          String source = new String(content, StandardCharsets.UTF_8);
          content =
              source
                  .replaceAll("(dtype=|dtype [!=]= |return )6\\b", "$17")
                  .getBytes(StandardCharsets.UTF_8);
        }
        CRC32 crc = new CRC32();
        crc.update(content);
        ZipEntry changed = new ZipEntry(entry.getName());
        changed.setSize(content.length);
        changed.setCrc(crc.getValue());
        out.putNextEntry(changed);
        out.write(content);
      }
    }
    return bytes.toByteArray();
  }

  /** With WIDE, graphs are cut at products and attention. */
  @ParameterizedTest(name = "seed {0}, activations again {1}, {2}")
  @CsvSource({"1, 0, PLAIN", "2, 1, PLAIN", "3, 0, WIDE"})
  void gradientsAreSlopes(long seed, int again, Dense dense) throws IOException {
    Map<String, Object> shape = Probe.shape();
    shape.put("deep", List.of(0));
    Random random = new Random(seed);
    byte[] archive = inDoublePrecision(KernelArchive.pack(shape, dense.resource()));
    try (Kernels kernels = Kernels.of(archive, Device.cpu(), null)) {
      Map<String, float[]> values = new LinkedHashMap<>();
      weights()
          .forEach(
              (name, weight) -> {
                values.put(name, random(random, weight, 0x1p-10));
                kernels.set("set_member", weight.segment(), name);
                kernels.set("set_trainable", name, true);
                store(kernels, name, values.get(name));
              });
      score(kernels, again);
      backward(kernels);
      weights()
          .forEach(
              (name, weight) -> {
                float[] direction = random(random, weight, 0x1p-4);
                double[] gradient = gradient(kernels, name, direction.length);
                double size = 0;
                for (int i = 0; i < gradient.length; i++) {
                  size += Math.abs(gradient[i] * direction[i]);
                }
                assertThat(dot(gradient, direction))
                    .as(name)
                    .isCloseTo(
                        slope(kernels, name, values.get(name), direction), within(1e-7 * size));
              });
    }
  }

  /** From four values, so that what the log-probabilities bend within a step cancels. */
  private static double slope(Kernels kernels, String name, float[] values, float[] direction) {
    float step = 0x1p-11f;
    double near = difference(kernels, name, values, direction, step) / (2 * step);
    double far = difference(kernels, name, values, direction, 2 * step) / (4 * step);
    return (4 * near - far) / 3;
  }

  private static double difference(
      Kernels kernels, String name, float[] values, float[] direction, float step) {
    double[] sums = new double[2];
    for (int side = 0; side < 2; side++) {
      float[] moved = values.clone();
      for (int i = 0; i < moved.length; i++) {
        moved[i] += (side == 0 ? -step : step) * direction[i];
      }
      store(kernels, name, moved);
      sums[side] = dot(score(kernels, 1), D_LOGPS);
      kernels.release(1);
    }
    store(kernels, name, values);
    return sums[1] - sums[0];
  }

  private static double dot(double[] a, float[] b) {
    double sum = 0;
    for (int i = 0; i < b.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  private static void store(Kernels kernels, String name, float[] values) {
    int[] sizes = weights().get(name).sizes();
    long[] shape = java.util.Arrays.stream(sizes).asLongStream().toArray();
    kernels.set("set_path", "w/" + name);
    try (Arguments a = new Arguments(kernels.manager())) {
      kernels.train("put", a.numbers("value", values, shape).integer("code", 7).real("where", 0));
    }
  }

  private static double[] gradient(Kernels kernels, String name, long size) {
    try (NDArray g = kernels.get("stored", kernels.manager(), "g", name, 0L, size)) {
      assertThat(g.size()).as(name).isEqualTo(size);
      return g.toDoubleArray();
    }
  }

  private static void backward(Kernels kernels) {
    try (Arguments a = new Arguments(kernels.manager())) {
      a.array("d_logps", a.scope().create(D_LOGPS).toType(DataType.FLOAT64, false));
      kernels.train("backward", a.integer("handle", 1));
    }
  }

  /** Four tokens with an image among them, and two continuations of two tokens. */
  private static double[] score(Kernels kernels, int again) {
    int[] positions = {0, 1, 2, 3, 4, 5, 4, 5};
    try (Arguments a = new Arguments(kernels.manager())) {
      a.integers("ids", new int[] {1, 2, 11, 3, 4, 5, 6, 7})
          .integers("positions", new int[][] {positions, positions, positions})
          .integers("axis", new int[] {0, 1, 2})
          .integers("image_rows", new int[] {2})
          .integers("rows", new int[] {3, 4, 3, 6})
          .integers("sizes", new int[] {1, 4, 2, 2, 4})
          .integers("p_lengths", new int[0])
          .integers("c_lengths", new int[0])
          .integers("c_prompts", new int[] {4})
          .integers("targets", new int[] {4, 5, 6, 7})
          .integers("banned", new int[0])
          .real("temperature", 1)
          .integer("chunk", 1000)
          .numbers("drawn", new float[0], 0)
          .numbers("features", new float[0], 0)
          .integer("handle", 1)
          .integer("again", again);
      addImage(a);
      return kernels.train("score", a).get(0).toDoubleArray();
    }
  }

  private static void addImage(Arguments a) {
    float[] pixels = new float[4 * 6];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = (float) Math.sin(1 + i);
    }
    a.numbers("v_pixels", pixels, 4, 6)
        .integers("v_positions", new int[][] {{0, 0}, {0, 1}, {1, 0}, {1, 1}})
        .integers("v_order", new int[0])
        .integers("v_windowed", new int[2]);
    for (String runs : List.of("v_full_", "v_window_")) {
      a.integers(runs + "sizes", new int[] {1, 4})
          .integers(runs + "lengths", new int[0])
          .numbers(runs + "mask", new float[0], 0);
    }
  }
}
