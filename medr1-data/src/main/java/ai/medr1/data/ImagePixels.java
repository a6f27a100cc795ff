package ai.medr1.data;

import ai.medr1.core.image.RgbImage;
import ai.medr1.core.image.SmartResize;
import java.nio.file.Path;
import java.util.Optional;

/**
 * An image whose pixels a program holds in memory. Two are equal if name and identity are.
 *
 * @param isClipped as {@link VqaImage#isClipped}
 */
record ImagePixels(String name, String identity, RgbImage read, boolean isClipped)
    implements VqaImage {

  @Override
  public Optional<Path> file() {
    return Optional.empty();
  }

  @Override
  public boolean exists() {
    return true;
  }

  @Override
  public SmartResize.Size size() {
    return new SmartResize.Size(read.height(), read.width());
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ImagePixels image
        && image.name.equals(name)
        && image.identity.equals(identity);
  }

  @Override
  public int hashCode() {
    return identity.hashCode();
  }

  @Override
  public String toString() {
    return name + " (" + identity + ")";
  }
}
