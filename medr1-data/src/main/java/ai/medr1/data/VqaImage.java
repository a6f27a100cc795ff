package ai.medr1.data;

import ai.medr1.core.image.Images;
import ai.medr1.core.image.RgbImage;
import ai.medr1.core.image.SmartResize;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/** An image of an item: where it is to be had, not its pixels. Safe for use by several threads. */
public interface VqaImage {

  /** An image file. */
  static VqaImage of(String name, Path file) {
    return new ImageFile(name, file);
  }

  /**
   * An image whose file is in memory: the bytes of a PNG, JPEG or other image file.
   *
   * @param bytes not to be changed any more
   */
  static VqaImage of(String name, byte[] bytes) {
    return new ImageBytes(name, ImageBytes.digest(bytes), () -> bytes);
  }

  /**
   * An image that a program has drawn, decoded or received. Its levels are copied: what becomes of
   * the picture later changes nothing.
   *
   * @throws ai.medr1.core.InputException if its samples are of a kind that is not read from files
   *     either, such as floating-point numbers
   */
  static VqaImage of(String name, BufferedImage picture) {
    RgbImage pixels = Images.of(picture);
    String size = pixels.width() + "x" + pixels.height() + " ";
    return new ImagePixels(
        name, size + ImageBytes.digest(pixels.rgb()), pixels, Images.isClipped(picture));
  }

  /**
   * An image that is fetched whenever it is asked for, from a database for example.
   *
   * @param identity equal for equal images, such as a key or a digest
   * @param bytes gives the bytes of an image file, or throws {@link ai.medr1.core.InputException};
   *     called by several threads
   */
  static VqaImage of(String name, String identity, Supplier<byte[]> bytes) {
    return new ImageBytes(name, identity, bytes);
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
   * @throws ai.medr1.core.InputException if it cannot be read or is no image
   */
  RgbImage read();

  /**
   * The size that its header tells; nothing is decoded.
   *
   * @throws ai.medr1.core.InputException if it cannot be read or is no image
   */
  SmartResize.Size size();

  /**
   * Whether most of it is white merely because its levels of gray go beyond 255, where they are
   * clipped; decodes it if its header tells more than 8 bits a sample.
   *
   * @throws ai.medr1.core.InputException if it cannot be read or is no image
   */
  default boolean isClipped() {
    return false;
  }
}
