package ai.medr1.data;

import java.nio.file.Path;
import java.util.Optional;

/** An image that is no file of its own. Two of a kind are equal if name and identity are. */
abstract class ImageInMemory implements VqaImage {
  private final String name;
  private final String identity;

  ImageInMemory(String name, String identity) {
    this.name = name;
    this.identity = identity;
  }

  @Override
  public final String name() {
    return name;
  }

  @Override
  public final String identity() {
    return identity;
  }

  @Override
  public final Optional<Path> file() {
    return Optional.empty();
  }

  @Override
  public final boolean exists() {
    return true;
  }

  @Override
  public final boolean equals(Object other) {
    return other instanceof ImageInMemory image
        && image.getClass() == getClass()
        && image.name.equals(name)
        && image.identity.equals(identity);
  }

  @Override
  public final int hashCode() {
    return identity.hashCode();
  }

  @Override
  public final String toString() {
    return name + " (" + identity + ")";
  }
}
