package ai.medr1.data;

import ai.medr1.core.image.Images;
import ai.medr1.core.image.RgbImage;
import ai.medr1.core.image.SmartResize;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.function.Supplier;

/** An image whose file is in memory, or is fetched. */
final class ImageBytes extends ImageInMemory {
  private final Supplier<byte[]> bytes;

  ImageBytes(String name, String identity, Supplier<byte[]> bytes) {
    super(name, identity);
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
  public RgbImage read() {
    return Images.read(bytes.get(), name());
  }

  @Override
  public SmartResize.Size size() {
    return Images.size(bytes.get(), name());
  }

  @Override
  public boolean isClipped() {
    return Images.isClipped(bytes.get(), name());
  }
}
