package ai.medr1.core.torchscript;

import java.util.Arrays;

/**
 * The kinds of segments that a forward pass is a chain of, with the embedding and the projection to
 * the vocabulary, which are done by hand.
 */
public enum SegmentKind {
  /** Embedding of the images' patches. */
  PATCHES(0),
  VISION_BLOCK(1),
  /** What makes features of the output of the tower. */
  MERGER(2),
  DECODER_LAYER(3),
  FINAL_NORM(4),
  EMBEDDING(5),
  LOGITS(6),
  /** What makes features of the output of a block within the tower. */
  DEEP_MERGER(7);

  private final int code;

  SegmentKind(int code) {
    this.code = code;
  }

  /** The number by which the kernels know it. */
  int code() {
    return code;
  }

  /** The kind of a number that a kernel gave. */
  public static SegmentKind of(long code) {
    return Arrays.stream(values()).filter(kind -> kind.code == code).findFirst().orElseThrow();
  }
}
