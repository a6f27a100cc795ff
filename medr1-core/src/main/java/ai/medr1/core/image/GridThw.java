package ai.medr1.core.image;

/**
 * The patch grid of one image or video ({@code grid_thw}), in patches, before spatial merging.
 *
 * @param t temporal patches, 1 for an image
 * @param h rows of patches
 * @param w columns of patches
 */
public record GridThw(int t, int h, int w) {
  public GridThw {
    if (t < 1 || h < 1 || w < 1) {
      throw new IllegalArgumentException(
          "a grid has positive sides, found " + t + "x" + h + "x" + w);
    }
  }

  /** The number of patches. */
  public int patches() {
    return Math.multiplyExact(Math.multiplyExact(t, h), w);
  }

  /** The number of tokens that the image takes in a prompt: patches over the merged square. */
  public int tokens(int spatialMergeSize) {
    return patches() / (spatialMergeSize * spatialMergeSize);
  }
}
