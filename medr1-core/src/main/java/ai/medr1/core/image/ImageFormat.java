package ai.medr1.core.image;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The formats that are read, told apart by their first bytes. */
enum ImageFormat {
  PNG,
  JPEG,
  TIFF,
  BMP;

  private static final int LONGEST_SIGNATURE = 8;

  static Optional<ImageFormat> of(byte[] file) {
    int length = Math.min(LONGEST_SIGNATURE, file.length);
    String start = new String(file, 0, length, StandardCharsets.ISO_8859_1);
    if (start.equals("\u0089PNG\r\n\u001a\n")) {
      return Optional.of(PNG);
    } else if (start.startsWith("\u00ff\u00d8\u00ff")) {
      return Optional.of(JPEG);
    } else if (start.startsWith("II*\0") || start.startsWith("MM\0*")) {
      return Optional.of(TIFF);
    }
    return start.startsWith("BM") ? Optional.of(BMP) : Optional.empty();
  }
}
