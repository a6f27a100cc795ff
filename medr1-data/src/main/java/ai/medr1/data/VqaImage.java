package ai.medr1.data;

import ai.medr1.core.image.RgbImage;
import ai.medr1.core.image.SmartResize;
import java.nio.file.Path;
import java.util.Optional;

/** An image of an item: where it is to be had, not its pixels. Safe for use by several threads. */
public interface VqaImage {

  /** An image file. */
  static VqaImage of(String name, Path file) {
    return new ImageFile(name, file);
  }

  /** The image as its data set names it; for tables and messages. */
  String name();

  /** Equal for equal images of one data set: what tells whether an image was trained on. */
  default String identity() {
    return name();
  }

  /** Where it lies; empty where it is no file of its own. */
  Optional<Path> file();

  /** Whether it is to be had at all, without a look into it. */
  boolean exists();

  /**
   * Its pixels, upright.
   *
   * @throws InputException if it cannot be read or is no image
   */
  RgbImage read();

  /**
   * The size that its header tells; nothing is decoded.
   *
   * @throws InputException if it cannot be read or is no image
   */
  SmartResize.Size size();
}
