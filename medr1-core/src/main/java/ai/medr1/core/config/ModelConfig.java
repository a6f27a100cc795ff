package ai.medr1.core.config;

/** A Qwen2-VL or Qwen2.5-VL architecture. */
public record ModelConfig(
    Family family,
    TextConfig text,
    VisionConfig vision,
    VisionTokens tokens,
    boolean tieWordEmbeddings) {

  /** Ids of the tokens that stand for images and videos in a prompt. */
  public record VisionTokens(int visionStart, int visionEnd, int imagePad, int videoPad) {}
}
