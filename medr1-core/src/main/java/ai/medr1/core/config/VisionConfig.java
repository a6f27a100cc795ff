package ai.medr1.core.config;

import java.util.List;

/**
 * The vision tower.
 *
 * @param width features inside the tower ({@code embed_dim} of Qwen2-VL, {@code hidden_size} of
 *     Qwen2.5-VL)
 * @param outWidth features of the image tokens, equal to the decoder's hidden size
 * @param windowSize side of an attention window in pixels; 0 where every block attends to the whole
 *     image (Qwen2-VL)
 * @param fullAttentionBlocks blocks that attend to the whole image in spite of windows
 */
public record VisionConfig(
    int depth,
    int width,
    int outWidth,
    int heads,
    int intermediateSize,
    int patchSize,
    int temporalPatchSize,
    int spatialMergeSize,
    int inChannels,
    int windowSize,
    List<Integer> fullAttentionBlocks) {

  public VisionConfig {
    fullAttentionBlocks = List.copyOf(fullAttentionBlocks);
    Check.positive("depth", depth);
    Check.positive("the vision tower's width", width);
    Check.positive("the vision tower's output width", outWidth);
    Check.positive("num_heads", heads);
    Check.positive("the vision tower's intermediate size", intermediateSize);
    Check.positive("patch_size", patchSize);
    Check.positive("temporal_patch_size", temporalPatchSize);
    Check.positive("spatial_merge_size", spatialMergeSize);
    Check.positive("in_channels", inChannels);
    Check.divides("num_heads", heads, "the vision tower's width", width);
    // Rows and columns each turn half of the features of a head, in pairs.
    Check.divides("four, for rotary rows and columns:", 4, "the vision head size", width / heads);
    Check.that(windowSize >= 0, "window_size must not be negative, found " + windowSize);
    Check.divides("a merged patch's side", patchSize * spatialMergeSize, "window_size", windowSize);
    for (int block : fullAttentionBlocks) {
      Check.that(
          block >= 0 && block < depth,
          "fullatt_block_indexes has " + block + ", the blocks are 0 to " + (depth - 1));
    }
  }

  /** Whether a block attends to windows rather than to the whole image. */
  public boolean isWindowed(int block) {
    return windowSize > 0 && !fullAttentionBlocks.contains(block);
  }

  /** Values of one patch: channels, times, rows, columns. */
  public int patchValues() {
    return inChannels * temporalPatchSize * patchSize * patchSize;
  }
}
