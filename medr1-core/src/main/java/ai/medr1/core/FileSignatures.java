package ai.medr1.core;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** The kinds that begin with fixed bytes. */
final class FileSignatures {
  /** Bytes, as Latin-1, at an offset; {@code next} is another place that must fit as well. */
  private record Magic(FileKind kind, int offset, String bytes, int nextOffset, String next) {
    boolean fits(byte[] head) {
      return has(head, offset, bytes) && has(head, nextOffset, next);
    }
  }

  private static final List<Magic> ALL =
      List.of(
          magic(FileKind.PNG, 0, "\u0089PNG\r\n\u001a\n"),
          magic(FileKind.JPEG, 0, "\u00ff\u00d8\u00ff"),
          magic(FileKind.TIFF, 0, "II*\0"),
          magic(FileKind.TIFF, 0, "MM\0*"),
          magic(FileKind.TIFF, 0, "II+\0"),
          magic(FileKind.TIFF, 0, "MM\0+"),
          new Magic(FileKind.BMP, 0, "BM", 6, "\0\0\0\0"),
          magic(FileKind.GIF, 0, "GIF87a"),
          magic(FileKind.GIF, 0, "GIF89a"),
          new Magic(FileKind.WEBP, 0, "RIFF", 8, "WEBP"),
          new Magic(FileKind.VIDEO, 0, "RIFF", 8, "AVI "),
          magic(FileKind.JPEG_2000, 4, "jP  \r\n\u0087\n"),
          magic(FileKind.JPEG_2000, 0, "\u00ffO\u00ffQ"),
          magic(FileKind.JPEG_XL, 0, "\u00ff\n"),
          magic(FileKind.JPEG_XL, 4, "JXL \r\n\u0087\n"),
          magic(FileKind.HEIF, 4, "ftyphei"),
          magic(FileKind.HEIF, 4, "ftyphev"),
          magic(FileKind.HEIF, 4, "ftypmif1"),
          magic(FileKind.HEIF, 4, "ftypmsf1"),
          magic(FileKind.HEIF, 4, "ftypavi"),
          magic(FileKind.PHOTOSHOP, 0, "8BPS\0"),
          magic(FileKind.ICON, 0, "\0\0\1\0"),
          magic(FileKind.NETPBM, 0, "P4\n"),
          magic(FileKind.NETPBM, 0, "P5\n"),
          magic(FileKind.NETPBM, 0, "P6\n"),
          magic(FileKind.VIDEO, 4, "ftyp"),
          magic(FileKind.VIDEO, 0, "\u001aE\u00df\u00a3"),
          magic(FileKind.DICOM, 128, "DICM"),
          magic(FileKind.NIFTI, 344, "n+1\0"),
          magic(FileKind.NIFTI, 344, "ni1\0"),
          magic(FileKind.ZIP, 0, "PK\u0003\u0004"),
          magic(FileKind.ZIP, 0, "PK\u0005\u0006"),
          magic(FileKind.GZIP, 0, "\u001f\u008b"),
          magic(FileKind.BZIP2, 0, "BZh"),
          magic(FileKind.XZ, 0, "\u00fd7zXZ\0"),
          magic(FileKind.ZSTD, 0, "(\u00b5/\u00fd"),
          magic(FileKind.SEVEN_ZIP, 0, "7z\u00bc\u00af'\u001c"),
          magic(FileKind.RAR, 0, "Rar!\u001a\u0007"),
          magic(FileKind.TAR, 257, "ustar"),
          // Eight bytes of length, the highest of them zero, and a JSON object.
          magic(FileKind.SAFETENSORS, 5, "\0\0\0{"),
          magic(FileKind.GGUF, 0, "GGUF"),
          magic(FileKind.PICKLE, 0, "\u0080\u0002"),
          magic(FileKind.PICKLE, 0, "\u0080\u0003"),
          magic(FileKind.PICKLE, 0, "\u0080\u0004"),
          magic(FileKind.PICKLE, 0, "\u0080\u0005"),
          magic(FileKind.HDF5, 0, "\u0089HDF\r\n"),
          magic(FileKind.NUMPY, 0, "\u0093NUMPY"),
          magic(FileKind.PARQUET, 0, "PAR1"),
          magic(FileKind.ARROW, 0, "ARROW1"),
          magic(FileKind.SQLITE, 0, "SQLite format 3\0"),
          magic(FileKind.PDF, 0, "%PDF-"));

  private FileSignatures() {}

  static Optional<FileKind> find(byte[] head) {
    if (isZero(head)) {
      return Optional.of(FileKind.ZEROS);
    }
    return ALL.stream()
        .filter(magic -> magic.fits(head))
        .findFirst()
        .map(magic -> magic.kind() == FileKind.ZIP ? zip(head) : magic.kind());
  }

  /** {@code torch.save} writes a zip whose first members are these. */
  private static FileKind zip(byte[] head) {
    String text = new String(head, StandardCharsets.ISO_8859_1);
    return text.contains("/data.pkl") || text.contains("/.format_version")
        ? FileKind.TORCH_PICKLE
        : FileKind.ZIP;
  }

  private static Magic magic(FileKind kind, int offset, String bytes) {
    return new Magic(kind, offset, bytes, 0, "");
  }

  private static boolean isZero(byte[] head) {
    for (byte b : head) {
      if (b != 0) {
        return false;
      }
    }
    return true;
  }

  private static boolean has(byte[] head, int offset, String latin1) {
    byte[] bytes = latin1.getBytes(StandardCharsets.ISO_8859_1);
    return head.length >= offset + bytes.length
        && Arrays.equals(head, offset, offset + bytes.length, bytes, 0, bytes.length);
  }
}
