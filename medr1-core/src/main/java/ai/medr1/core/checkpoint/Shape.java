package ai.medr1.core.checkpoint;

import ai.medr1.core.InputException;
import java.util.Arrays;
import java.util.List;

/** The sizes of a new model. */
public enum Shape {
  /** About a million parameters, for tests of seconds. */
  SMOKE("smoke", 0.02, 64, 2, 4, 2, 192, 2, 64, 4, 176),
  /** About a million parameters, drawn wider than transformers does, so that it learns fast. */
  QUICKSTART("quickstart", 0.08, 128, 3, 4, 2, 320, 2, 64, 2, 176),
  /** About 36 million parameters, 113 with the vocabulary of Qwen2.5; for training on a CPU. */
  MINI("mini", 0.02, 512, 8, 8, 2, 1408, 8, 320, 5, 856),
  /** As Qwen2-VL-2B: about 2.2 billion parameters. */
  TWO_B("2b", 0.02, 1536, 28, 12, 2, 8960, 32, 1280, 16, 3420);

  final String title;

  /** Standard deviation of random weights. */
  final double deviation;

  final int hidden;
  final int layers;
  final int heads;
  final int kvHeads;
  final int inner;
  final int visionDepth;
  final int visionWidth;
  final int visionHeads;

  /** Of the gated vision blocks of Qwen2.5-VL; those of Qwen2-VL have four times the width. */
  final int visionInner;

  Shape(
      String title,
      double deviation,
      int hidden,
      int layers,
      int heads,
      int kvHeads,
      int inner,
      int visionDepth,
      int visionWidth,
      int visionHeads,
      int visionInner) {
    this.title = title;
    this.deviation = deviation;
    this.hidden = hidden;
    this.layers = layers;
    this.heads = heads;
    this.kvHeads = kvHeads;
    this.inner = inner;
    this.visionDepth = visionDepth;
    this.visionWidth = visionWidth;
    this.visionHeads = visionHeads;
    this.visionInner = visionInner;
  }

  /**
   * The shape of this name: {@code smoke}, {@code quickstart}, {@code mini} or {@code 2b}.
   *
   * @throws InputException for any other
   */
  public static Shape named(String name) {
    return Arrays.stream(values())
        .filter(shape -> shape.title.equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new InputException("shape \"" + name + "\" must be smoke, quickstart, mini or 2b"));
  }

  /** A quarter of the rotary frequencies for time, the rest for rows and columns in equal parts. */
  List<Integer> mropeSection() {
    int frequencies = hidden / heads / 2;
    return List.of(frequencies / 4, frequencies * 3 / 8, frequencies * 3 / 8);
  }
}
