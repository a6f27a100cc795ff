package ai.medr1.core.torchscript;

import ai.djl.Device;
import ai.djl.engine.EngineException;
import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.medr1.core.checkpoint.DType;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The ways in which dense layers compute, each a resource of its own. */
enum Dense {
  /** oneDNN's linear layer, for CPUs. */
  ONEDNN,
  /** Products in float32 of widened factors, for bfloat16 on CPUs that cannot multiply it. */
  WIDE,
  /** libtorch's own layer: on GPUs, and where oneDNN is not there. */
  PLAIN;

  private static final Logger LOG = LoggerFactory.getLogger(Dense.class);

  private static final Map<DType, Dense> FOUND = new EnumMap<>(DType.class);

  String resource() {
    return "dense_" + name().toLowerCase(Locale.ROOT);
  }

  /**
   * The way for a dtype on this processor. What oneDNN can do is not in any table: it depends on
   * the processor, on the build of libtorch and on {@code ONEDNN_MAX_CPU_ISA}. So it is tried, once
   * per process.
   *
   * @param attributes of a module with which it can be tried
   */
  static Dense ofProcessor(DType dtype, Map<String, Object> attributes) {
    synchronized (FOUND) {
      return FOUND.computeIfAbsent(dtype, wanted -> find(wanted, attributes));
    }
  }

  private static Dense find(DType dtype, Map<String, Object> attributes) {
    if (ONEDNN.multiplies(dtype, attributes)) {
      return ONEDNN;
    }
    if (dtype != DType.BF16) {
      return PLAIN;
    }
    Dense found = WIDE.multiplies(dtype, attributes) ? WIDE : PLAIN;
    LOG.warn(
        "this processor has no instructions for bfloat16 (AVX-512 or newer), so it is computed {}; where memory allows, load.dtype: float32 is faster",
        found == WIDE ? "in float32, block by block" : "slowly");
    return found;
  }

  /** Whether products of a dtype work: they fail at the first call, or give something else. */
  private boolean multiplies(DType dtype, Map<String, Object> attributes) {
    try (Kernels kernels = Kernels.open(attributes, this, Device.cpu());
        Arguments a = new Arguments(kernels.manager())) {
      a.integer(Key.CODE, dtype.torchCode());
      try (IValue result = kernels.infer("try_dense", a);
          NDArray ones = result.toTensor((PtNDManager) a.scope())) {
        return ones.eq(1f).all().getBoolean();
      }
    } catch (EngineException e) {
      LOG.debug("{} cannot multiply {} here", this, dtype, e);
      return false;
    }
  }
}
