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

  /** Values of one patch: channels, times, rows, columns. */
  public int patchValues() {
    return inChannels * temporalPatchSize * patchSize * patchSize;
  }
}
