package ai.medr1.grpo.config;

/**
 * How the model is loaded and what it is shown.
 *
 * @param dtype precision of the network
 * @param device {@code cpu}, {@code cuda} or {@code cuda:N}
 * @param freezeVision train the language model only; the vision tower's features are then cached
 * @param minPixels images with fewer are enlarged
 * @param maxPixels images with more are shrunk
 * @param maxPromptLength tokens of a prompt, image tokens included; a longer prompt is a bad item,
 *     as image tokens are never cut
 */
public record ModelOptions(
    Precision dtype,
    String device,
    boolean freezeVision,
    long minPixels,
    long maxPixels,
    int maxPromptLength) {

  /** Precision of weights and activations. */
  public enum Precision {
    FLOAT32,
    BFLOAT16
  }

  public ModelOptions {
    Check.that(
        device.matches("cpu|cuda(:\\d+)?"), "device is cpu, cuda or cuda:N, found " + device);
    Check.positive("minPixels", minPixels);
    Check.positive("maxPromptLength", maxPromptLength);
    Check.that(
        minPixels <= maxPixels,
        "minPixels is %d, but maxPixels only %d; no image could satisfy both, lower minPixels"
            .formatted(minPixels, maxPixels));
  }

  /** Med-R1's image and prompt sizes, in float32. */
  public static ModelOptions defaults() {
    return new ModelOptions(Precision.FLOAT32, "cpu", false, 3136, 401408, 1024);
  }
}
