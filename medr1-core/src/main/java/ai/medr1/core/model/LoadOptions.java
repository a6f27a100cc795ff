package ai.medr1.core.model;

import ai.djl.Device;
import ai.medr1.core.checkpoint.DType;
import ai.medr1.core.config.LoraConfig;
import ai.medr1.core.torchscript.Threads;
import java.nio.file.Path;
import java.util.Optional;

/**
 * How a model is loaded.
 *
 * @param dtype in which it computes: F32 or BF16; with BF16, training keeps float32 master weights
 * @param device where it computes
 * @param trains whether gradients are wanted at all
 * @param freezeVision the vision tower is not trained; its features are computed once per image
 * @param recompute keep only the inputs of layers for the backward pass and compute the rest again:
 *     less memory, about a third more time
 * @param lora train adapters of this kind and nothing else; absent: train the weights themselves
 * @param adapter directory of an adapter in PEFT's layout that the model starts with
 * @param threads that compute on the CPU, in the whole process; 0 for as many as there are cores,
 *     or as OMP_NUM_THREADS says
 */
public record LoadOptions(
    DType dtype,
    Device device,
    boolean trains,
    boolean freezeVision,
    boolean recompute,
    Optional<LoraConfig> lora,
    Optional<Path> adapter,
    int threads) {
  /** Logits that exist at once when tokens are scored: 16 MiB in float32. */
  public static final int LOGITS_AT_ONCE = 1 << 22;

  /** Tokens of a completion from which on a CPU draws with copies of the weights. */
  public static final int PACKS_FROM = 32;

  public LoadOptions {
    if (threads < 0) {
      throw new IllegalArgumentException("threads is 0 or positive, found " + threads);
    }
    if (dtype != DType.F32 && dtype != DType.BF16) {
      throw new IllegalArgumentException("a model computes in F32 or BF16, found " + dtype);
    }
    if (lora.isPresent() && !trains) {
      throw new IllegalArgumentException("adapters to be trained need a model that is trained");
    }
    if (freezeVision && lora.map(LoraConfig::vision).orElse(false)) {
      throw new IllegalArgumentException(
          "freezeVision keeps the vision tower as it is and lora.vision adapts it: choose one");
    }
  }

  /** Float32, the first GPU where there is one, no gradients. */
  public static LoadOptions inference() {
    return plain(false);
  }

  /** Float32, the first GPU where there is one, every weight trained. */
  public static LoadOptions training() {
    return plain(true);
  }

  private static LoadOptions plain(boolean trains) {
    Threads.prepare(); // asking for the device loads libtorch
    return new LoadOptions(
        DType.F32,
        Device.fromName(""),
        trains,
        false,
        false,
        Optional.empty(),
        Optional.empty(),
        0);
  }

  public LoadOptions withDtype(DType wanted) {
    return new LoadOptions(wanted, device, trains, freezeVision, recompute, lora, adapter, threads);
  }

  public LoadOptions withDevice(Device wanted) {
    return new LoadOptions(dtype, wanted, trains, freezeVision, recompute, lora, adapter, threads);
  }

  public LoadOptions withFreezeVision(boolean wanted) {
    return new LoadOptions(dtype, device, trains, wanted, recompute, lora, adapter, threads);
  }

  public LoadOptions withRecompute(boolean wanted) {
    return new LoadOptions(dtype, device, trains, freezeVision, wanted, lora, adapter, threads);
  }

  public LoadOptions withLora(LoraConfig wanted) {
    return new LoadOptions(
        dtype, device, trains, freezeVision, recompute, Optional.of(wanted), adapter, threads);
  }

  public LoadOptions withAdapter(Path wanted) {
    return new LoadOptions(
        dtype, device, trains, freezeVision, recompute, lora, Optional.of(wanted), threads);
  }

  public LoadOptions withThreads(int wanted) {
    return new LoadOptions(dtype, device, trains, freezeVision, recompute, lora, adapter, wanted);
  }

  /** The device as configurations name it: {@code cpu} or {@code cuda:0}. */
  public String deviceName() {
    return device.isGpu() ? "cuda:" + device.getDeviceId() : "cpu";
  }

  /** Whether nothing in the vision tower learns, so that its features can be kept. */
  boolean keepsVision() {
    return freezeVision || lora.map(config -> !config.vision()).orElse(false);
  }
}
