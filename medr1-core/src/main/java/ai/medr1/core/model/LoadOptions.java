package ai.medr1.core.model;

import ai.djl.Device;
import ai.medr1.core.checkpoint.DType;

/**
 * How a model is loaded.
 *
 * @param dtype in which it computes: F32 or BF16; with BF16, training keeps float32 master weights
 * @param device where it computes
 * @param trains whether gradients are wanted at all
 * @param freezeVision the vision tower is not trained; its features are computed once per image
 * @param recompute keep only the inputs of layers for the backward pass and compute the rest again:
 *     less memory, about a third more time
 */
public record LoadOptions(
    DType dtype, Device device, boolean trains, boolean freezeVision, boolean recompute) {

  public LoadOptions {
    if (dtype != DType.F32 && dtype != DType.BF16) {
      throw new IllegalArgumentException("a model computes in F32 or BF16, found " + dtype);
    }
  }

  /** Float32, the first GPU where there is one, no gradients. */
  public static LoadOptions inference() {
    return new LoadOptions(DType.F32, Device.fromName(""), false, false, false);
  }

  /** Float32, the first GPU where there is one, every weight trained. */
  public static LoadOptions training() {
    return new LoadOptions(DType.F32, Device.fromName(""), true, false, false);
  }

  public LoadOptions withDtype(DType wanted) {
    return new LoadOptions(wanted, device, trains, freezeVision, recompute);
  }

  public LoadOptions withDevice(Device wanted) {
    return new LoadOptions(dtype, wanted, trains, freezeVision, recompute);
  }

  public LoadOptions withFreezeVision(boolean wanted) {
    return new LoadOptions(dtype, device, trains, wanted, recompute);
  }

  public LoadOptions withRecompute(boolean wanted) {
    return new LoadOptions(dtype, device, trains, freezeVision, wanted);
  }
}
