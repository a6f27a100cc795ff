package ai.medr1.data;

import ai.medr1.core.image.Images;
import ai.medr1.core.image.RgbImage;
import ai.medr1.core.image.SmartResize;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An image that is a file.
 *
 * @param name as the data set has it
 * @param path the name resolved against the image root
 */
record ImageFile(String name, Path path) implements VqaImage {

  @Override
  public Optional<Path> file() {
    return Optional.of(path);
  }

  @Override
  public boolean exists() {
    return Files.isRegularFile(Images.file(path));
  }

  @Override
  public RgbImage read() {
    return Images.read(path);
  }

  @Override
  public SmartResize.Size size() {
    return Images.size(path);
  }

  @Override
  public boolean isClipped() {
    return Images.isClipped(path);
  }
}
