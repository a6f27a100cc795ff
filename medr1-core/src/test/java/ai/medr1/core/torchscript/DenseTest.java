package ai.medr1.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.pytorch.engine.PtNDManager;
import ai.djl.pytorch.jni.IValue;
import ai.medr1.core.checkpoint.DType;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Whatever the processor, every dtype has a way to multiply. */
class DenseTest {
  @ParameterizedTest
  @EnumSource(
      value = DType.class,
      names = {"F32", "BF16"})
  void theWayThatIsFoundMultiplies(DType dtype) {
    try (Kernels kernels = Kernels.load(Probe.shape(), dtype, Device.cpu());
        Arguments a = new Arguments(kernels.manager())) {
      try (IValue result = kernels.infer("try_dense", a.integer("code", dtype.torchCode()));
          NDArray products = result.toTensor((PtNDManager) a.scope())) {
        assertThat(products.toFloatArray()).hasSize(136 * 192).containsOnly(1f);
      }
    }
  }
}
