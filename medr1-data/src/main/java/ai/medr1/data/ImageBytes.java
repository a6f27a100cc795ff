package ai.medr1.data;

import ai.medr1.core.image.Images;
import ai.medr1.core.image.RgbImage;
import ai.medr1.core.image.SmartResize;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Supplier;

/** An image that is no file of its own. Two are equal if name and identity are. */
final class ImageBytes implements VqaImage {
  private final String name;
  private final String identity;
  private final Supplier<byte[]> bytes;

  ImageBytes(String name, String identity, Supplier<byte[]> bytes) {
    this.name = name;
    this.identity = identity;
    this.bytes = bytes;
  }

  /** What tells bytes from all others. */
  static String digest(byte[] bytes) {
    try {
      return "sha256:"
          + HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes), 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public String identity() {
    return identity;
  }

  @Override
  public Optional<Path> file() {
    return Optional.empty();
  }

  @Override
  public boolean exists() {
    return true;
  }

  @Override
  public RgbImage read() {
    return Images.read(bytes.get(), name);
  }

  @Override
  public SmartResize.Size size() {
    return Images.size(bytes.get(), name);
  }

  @Override
  public boolean isClipped() {
    return Images.isClipped(bytes.get(), name);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ImageBytes image
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
