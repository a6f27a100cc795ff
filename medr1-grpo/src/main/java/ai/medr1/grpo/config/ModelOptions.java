package ai.medr1.grpo.config;

import ai.djl.Device;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.model.LoadOptions;

/**
 * How the model is loaded.
 *
 * @param dtype in which the network computes; with bfloat16, training keeps float32 master weights
 * @param device {@code cpu}, {@code cuda} or {@code cuda:N}; {@code auto} is the first GPU where
 *     there is one
 * @param freezeVision train the language model only; the vision tower's features are then cached
 * @param recompute keep less for the backward pass and compute it again: less memory, more time
 */
public record ModelOptions(
    Precision dtype, String device, boolean freezeVision, boolean recompute) {

  /** Precision of activations and of the weights that compute. */
  public enum Precision {
    FLOAT32,
    BFLOAT16
  }

  public ModelOptions {
    Check.that(
        device.matches("auto|cpu|cuda(:\\d+)?"),
        "device is auto, cpu, cuda or cuda:N, found " + device);
  }

  /** Every weight is trained, in float32. */
  public static ModelOptions defaults() {
    return new ModelOptions(Precision.FLOAT32, "auto", false, false);
  }

  /** For the policy. */
  public LoadOptions training() {
    return placed(LoadOptions.training()).withFreezeVision(freezeVision).withRecompute(recompute);
  }

  /** For a model without gradients. */
  public LoadOptions inference() {
    return placed(LoadOptions.inference());
  }

  private LoadOptions placed(LoadOptions options) {
    LoadOptions typed = options.withDtype(dtype == Precision.FLOAT32 ? DType.F32 : DType.BF16);
    return device.equals("auto") ? typed : typed.withDevice(Device.fromName(deviceName()));
  }

  /** DJL's names: cpu, gpu0, gpu1. */
  private String deviceName() {
    return device.replace("cuda:", "gpu").replace("cuda", "gpu0");
  }
}
