package ai.medr1.core.torchscript;

import ai.djl.Device;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Loads the module {@code probe.py}, by which tests call single kernels. */
final class Probe {
  private Probe() {}

  static Kernels open(Dense dense) {
    return open(dense, Map.of());
  }

  /**
   * @param shape attributes that differ from those of {@link #shape}
   */
  static Kernels open(Dense dense, Map<String, Object> shape) {
    Map<String, Object> attributes = shape();
    attributes.putAll(shape);
    return Kernels.of(
        KernelArchive.pack(source(), attributes, dense.resource()), Device.cpu(), null);
  }

  private static String source() {
    try (InputStream in = Probe.class.getResourceAsStream("probe.py")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Of a small model with grouped heads whose size is not that of its rows over their number. */
  static Map<String, Object> shape() {
    Map<String, Object> shape = new LinkedHashMap<>();
    shape.put("layers", 2);
    shape.put("heads", 4);
    shape.put("kv", 2);
    shape.put("head_size", 6);
    shape.put("eps", 1e-6);
    shape.put("theta", 10000.0);
    shape.put("tied", false);
    shape.put("depth", 2);
    shape.put("vision_heads", 2);
    shape.put("vision_head_size", 4);
    shape.put("square", 4);
    shape.put("deep", List.of());
    return shape;
  }
}
