package ai.medr1.core.image;

import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The formats that are read, told apart by their first bytes. */
enum ImageFormat {
  PNG,
  JPEG,
  GIF,
  WEBP,
  TIFF,
  BMP,
  JPEG_2000,
  DICOM;

  private static final int LONGEST_SIGNATURE = 16;

  static Optional<ImageFormat> of(byte[] file) {
    int length = Math.min(LONGEST_SIGNATURE, file.length);
    String start = new String(file, 0, length, StandardCharsets.ISO_8859_1);
    if (start.startsWith("\u0089PNG\r\n\u001a\n")) {
      return Optional.of(PNG);
    } else if (start.startsWith("\u00ff\u00d8\u00ff")) {
      return Optional.of(JPEG);
    } else if (start.startsWith("GIF87a") || start.startsWith("GIF89a")) {
      return Optional.of(GIF);
    } else if (start.startsWith("RIFF") && start.startsWith("WEBPVP8", 8)) {
      return Optional.of(WEBP);
    } else if (start.startsWith("jP  \r\n\u0087\n", 4) || start.startsWith("\u00ffO\u00ffQ")) {
      return Optional.of(JPEG_2000);
    } else if (isTiff(start)) {
      return Optional.of(TIFF);
    }
    if (start.startsWith("BM")) {
      return Optional.of(BMP);
    }
    return Dicom.is(file) ? Optional.of(DICOM) : Optional.empty();
  }

  String title() {
    return name().replace('_', ' ');
  }

  private static boolean isTiff(String start) {
    return start.startsWith("II*\0") || start.startsWith("MM\0*") || start.startsWith("II+\0");
  }
}
