package ai.medr1.core.image;

import ai.medr1.core.InputException;
import java.nio.file.Path;

/**
 * Makes an image into what the vision tower takes: resized ({@link SmartResize}, {@link Bicubic}),
 * rescaled to 0..1, normalised, and cut into patches.
 *
 * <p>Shapes: an image of H x W pixels after resizing has a grid of 1 x H/P x W/P patches. The rows
 * go through the merged squares, and within a square through its patches: [H/(P·M), W/(P·M), M, M].
 * A row holds [channels, temporal patch, P, P]; a still image is repeated over the temporal patch.
 */
public final class ImageProcessor {
  private static final int LEVELS = 256;
  private static final int CHANNELS = 3;

  private final PreprocessorConfig config;

  /** [channel][level] to the normalised value. */
  private final float[][] normalized;

  public ImageProcessor(PreprocessorConfig config) {
    this.config = config;
    this.normalized = normalized(config);
  }

  /** Rounds where the reference rounds: after the rescaling, the subtraction and the division. */
  private static float[][] normalized(PreprocessorConfig config) {
    float[][] table = new float[CHANNELS][LEVELS];
    for (int c = 0; c < CHANNELS; c++) {
      for (int level = 0; level < LEVELS; level++) {
        float rescaled = (float) (level * (1 / 255.0));
        table[c][level] = (rescaled - config.mean().get(c)) / config.std().get(c);
      }
    }
    return table;
  }

  /**
   * Reads a file and processes it.
   *
   * @throws InputException naming the file, when it cannot be read or its shape is too extreme
   */
  public PixelValues process(Path file, DecodeMode mode) {
    RgbImage image = Images.read(file, mode);
    try {
      return process(image);
    } catch (InputException e) {
      throw new InputException("image " + file + ": " + e.getMessage(), e);
    }
  }

  /**
   * Processes a decoded image.
   *
   * @throws InputException when one side is more than 200 times the other
   */
  public PixelValues process(RgbImage image) {
    SmartResize.Size size = resized(image.height(), image.width());
    return patches(Bicubic.resize(image, size.width(), size.height()));
  }

  /**
   * The image tokens of an image of this size.
   *
   * @throws InputException when one side is more than 200 times the other
   */
  public int tokens(int height, int width) {
    SmartResize.Size size = resized(height, width);
    int side = config.patchSize() * config.mergeSize();
    return (size.height() / side) * (size.width() / side);
  }

  private SmartResize.Size resized(int height, int width) {
    return SmartResize.of(
        height,
        width,
        config.patchSize() * config.mergeSize(),
        config.minPixels(),
        config.maxPixels());
  }

  private PixelValues patches(RgbImage image) {
    int patch = config.patchSize();
    int merge = config.mergeSize();
    GridThw grid = new GridThw(1, image.height() / patch, image.width() / patch);
    int perPatch = CHANNELS * config.temporalPatchSize() * patch * patch;
    float[] values = new float[Math.multiplyExact(grid.patches(), perPatch)];
    int to = 0;
    for (int top = 0; top < grid.h(); top += merge) {
      for (int left = 0; left < grid.w(); left += merge) {
        for (int inner = 0; inner < merge * merge; inner++, to += perPatch) {
          putPatch(
              image, (top + inner / merge) * patch, (left + inner % merge) * patch, values, to);
        }
      }
    }
    return new PixelValues(values, grid);
  }

  private void putPatch(RgbImage image, int top, int left, float[] values, int at) {
    int frame = config.patchSize() * config.patchSize();
    int to = at;
    for (int c = 0; c < CHANNELS; c++) {
      putFrame(image, top, left, c, values, to);
      for (int t = 1; t < config.temporalPatchSize(); t++) {
        System.arraycopy(values, to, values, to + t * frame, frame);
      }
      to += config.temporalPatchSize() * frame;
    }
  }

  private void putFrame(RgbImage image, int top, int left, int channel, float[] values, int at) {
    int to = at;
    for (int y = top; y < top + config.patchSize(); y++) {
      int from = CHANNELS * (y * image.width() + left) + channel;
      for (int x = 0; x < config.patchSize(); x++, from += CHANNELS) {
        values[to++] = normalized[channel][image.rgb()[from] & 0xFF];
      }
    }
  }
}
