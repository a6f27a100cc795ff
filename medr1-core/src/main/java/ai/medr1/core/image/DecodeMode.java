package ai.medr1.core.image;

/** What becomes of a file's orientation tag and alpha channel. */
public enum DecodeMode {
  /**
   * As a picture that Pillow opened and the reference's image processor made RGB: the EXIF
   * orientation of JPEG and PNG is ignored, transparency is composited over white. Med-R1's own
   * training and evaluation code reads its images this way.
   */
  OPEN,

  /**
   * As {@code load_image} of the reference does, which chat pipelines use: the EXIF orientation is
   * applied, an alpha channel is dropped. A single transparent colour ({@code tRNS}) is composited
   * over white, as in {@link #OPEN}.
   */
  LOAD_IMAGE
}
