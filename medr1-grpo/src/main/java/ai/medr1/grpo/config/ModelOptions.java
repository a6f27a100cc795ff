package ai.medr1.grpo.config;

import ai.djl.Device;
import ai.medr1.core.InputException;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.model.Libtorch;
import ai.medr1.core.model.LoadOptions;
import io.soabase.recordbuilder.core.RecordBuilder;
import java.util.Optional;

/**
 * How the model is loaded.
 *
 * @param dtype in which the network computes; with bfloat16, training keeps float32 master weights
 * @param device {@code cpu}, {@code cuda} or {@code cuda:N}; {@code auto} is the first GPU where
 *     there is one
 * @param threads that compute on the CPU; 0 for as many as there are cores
 * @param freezeVision train the language model only; the vision tower's features are then cached
 * @param recompute whether to keep less for the backward pass and compute it again: less memory,
 *     more time
 * @param lora train small adapters in place of the weights
 */
@RecordBuilder
public record ModelOptions(
    Precision dtype,
    String device,
    int threads,
    boolean freezeVision,
    Recompute recompute,
    LoraOptions lora)
    implements ModelOptionsBuilder.With {

  /** Precision of activations and of the weights that compute. */
  public enum Precision {
    FLOAT32,
    BFLOAT16
  }

  /** Whether activations are computed again for the backward pass. */
  public enum Recompute {
    /** Where they would not fit into memory otherwise. */
    AUTO,
    TRUE,
    FALSE;

    /** Empty where the memory plan decides. */
    public Optional<Boolean> wanted() {
      return this == AUTO ? Optional.empty() : Optional.of(this == TRUE);
    }
  }

  public ModelOptions {
    Check.that(
        device.matches("auto|cpu|cuda(:\\d+)?"),
        "device is auto, cpu, cuda or cuda:N, found " + device);
    Check.notNegative("threads", threads);
    Check.that(
        !(freezeVision && lora.isOn() && lora.vision()),
        "freezeVision is true and lora.vision is true, but a frozen tower has nothing to adapt; set"
            + " one of them to false");
  }

  /** Every weight is trained, in float32. */
  public static ModelOptions defaults() {
    return new ModelOptions(Precision.FLOAT32, "auto", 0, false, Recompute.AUTO, LoraOptions.off());
  }

  /**
   * For the policy, before the memory plan says whether activations are computed again.
   *
   * @param seed of the run; decides the first matrices of adapters
   */
  public LoadOptions training(long seed) {
    LoadOptions options = placed(LoadOptions.training()).withFreezeVision(freezeVision);
    return lora.isOn() ? options.withLora(lora.toLora(seed)) : options;
  }

  /**
   * Whether completions are drawn from merged weights. In bfloat16 they are not: the sum would lose
   * what is small against a weight, and completions would come from another policy.
   */
  public boolean drawsMerged() {
    return lora.isOn() && dtype == Precision.FLOAT32;
  }

  /** For a model without gradients. */
  public LoadOptions inference() {
    return placed(LoadOptions.inference());
  }

  private LoadOptions placed(LoadOptions options) {
    LoadOptions typed =
        options.withDtype(dtype == Precision.FLOAT32 ? DType.F32 : DType.BF16).withThreads(threads);
    return device.equals("auto") ? typed : typed.withDevice(present(Device.fromName(deviceName())));
  }

  private Device present(Device named) {
    if (!named.isGpu()) {
      return named;
    }
    int gpus = Libtorch.gpus();
    if (named.getDeviceId() >= gpus) {
      throw new InputException(
          "load.device is %s, but libtorch sees %d GPUs on this machine; set load.device to auto or cpu"
              .formatted(device, gpus));
    }
    return named;
  }

  /** DJL's names: cpu, gpu0, gpu1. */
  private String deviceName() {
    return device.replace("cuda:", "gpu").replace("cuda", "gpu0");
  }
}
