package ai.medr1.core;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/**
 * What a file is, told from its first bytes whatever its name says. It serves messages: a reader
 * that cannot make sense of a file asks here what it was given instead, such as a Git LFS pointer
 * in place of weights.
 */
public enum FileKind {
  MISSING("missing", "copy or download it"),
  DANGLING_LINK(
      "a link to a file that does not exist",
      "copy the folder again with the files that its links point to"),
  DIRECTORY("a folder", "give the file"),
  UNREADABLE("a file that this user may not read", "change its permissions"),
  EMPTY("an empty file", Remedy.AGAIN),
  ZEROS("nothing but zero bytes, as a download leaves that was cut short", Remedy.AGAIN),
  GIT_LFS_POINTER(
      "a Git LFS pointer", "run \"git lfs pull\" in its folder, or download the file itself"),
  XET_POINTER("a Xet pointer", "download the file itself, for example with \"hf download\""),
  GIT_ANNEX_POINTER(
      "a git-annex pointer", "run \"git annex get\" on it, or download the file itself"),
  HTML(
      "an HTML page",
      "a page was saved in place of the file (a login or an error?); " + Remedy.AGAIN),
  XML("an XML document", "an answer of a server in place of the file? " + Remedy.AGAIN),
  SAFETENSORS("a safetensors file", Remedy.ROLE),
  TORCH_PICKLE("a pickle of PyTorch", Remedy.PICKLE),
  PICKLE("a Python pickle", Remedy.PICKLE),
  GGUF("a GGUF file", "use the checkpoint in the Hugging Face layout that it was made from"),
  HDF5("an HDF5 file", Remedy.ROLE),
  NUMPY("a NumPy array", Remedy.ROLE),
  ZIP("a zip archive", Remedy.UNPACK),
  GZIP("a gzip file", Remedy.UNPACK),
  BZIP2("a bzip2 file", Remedy.UNPACK),
  XZ("an xz file", Remedy.UNPACK),
  ZSTD("a zstd file", Remedy.UNPACK),
  SEVEN_ZIP("a 7z archive", Remedy.UNPACK),
  RAR("a RAR archive", Remedy.UNPACK),
  TAR("a tar archive", Remedy.UNPACK),
  PARQUET("a Parquet file", Remedy.ROLE),
  ARROW("an Arrow file", Remedy.ROLE),
  SQLITE("an SQLite database", Remedy.ROLE),
  PDF("a PDF document", Remedy.ROLE),
  PNG("a PNG image", Remedy.ROLE),
  JPEG("a JPEG image", Remedy.ROLE),
  TIFF("a TIFF image", Remedy.ROLE),
  BMP("a BMP image", Remedy.ROLE),
  GIF("a GIF image", Remedy.ROLE),
  WEBP("a WebP image", Remedy.ROLE),
  JPEG_2000("a JPEG 2000 image", Remedy.ROLE),
  JPEG_XL("a JPEG XL image", Remedy.ROLE),
  HEIF("a HEIF or AVIF image", Remedy.ROLE),
  PHOTOSHOP("a Photoshop document", Remedy.ROLE),
  NETPBM("a PNM image", Remedy.ROLE),
  ICON("a Windows icon", Remedy.ROLE),
  SVG("an SVG drawing", Remedy.ROLE),
  DICOM("a DICOM file", Remedy.ROLE),
  NIFTI("a NIfTI volume", Remedy.ROLE),
  VIDEO("a video", Remedy.ROLE),
  UTF_16("text in UTF-16", "save it as UTF-8"),
  UTF_32("text in UTF-32", "save it as UTF-8"),
  JSON("JSON", Remedy.ROLE),
  TEXT("text", Remedy.ROLE),
  UNKNOWN("a file of an unknown kind", Remedy.ROLE);

  /** As many bytes are looked at. */
  public static final int HEAD_BYTES = 1024;

  private static final class Remedy {
    static final String AGAIN = "download or copy the file again";
    static final String ROLE = "is it the right file?";
    static final String UNPACK = "unpack it first";
    static final String PICKLE =
        "pickles can run code when they are read and are never loaded; save it as safetensors";
  }

  private final String title;
  private final String remedy;

  FileKind(String title, String remedy) {
    this.title = title;
    this.remedy = remedy;
  }

  /** With its article: {@code a Git LFS pointer}. */
  public String title() {
    return title;
  }

  /** What to do, in words. */
  public String remedy() {
    return remedy;
  }

  /** The kind of what lies at a path, also where there is nothing. */
  public static FileKind of(Path file) {
    if (Files.isDirectory(file)) {
      return DIRECTORY;
    }
    if (!Files.exists(file)) {
      return Files.isSymbolicLink(file) ? DANGLING_LINK : MISSING;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return of(in.readNBytes(HEAD_BYTES));
    } catch (IOException e) {
      return UNREADABLE;
    }
  }

  /**
   * The kind of a file.
   *
   * @param head its first {@link #HEAD_BYTES} bytes or more, or all where there are fewer
   */
  public static FileKind of(byte[] head) {
    if (head.length == 0) {
      return EMPTY;
    }
    return FileSignatures.find(head).or(() -> TextKinds.find(head)).orElse(UNKNOWN);
  }

  /**
   * What is wrong with a file that could not be read as what it should be, in one line with the
   * remedy: {@code model.safetensors is a Git LFS pointer, not the weights: run "git lfs pull" …}.
   *
   * @param wanted what it should be, in words, such as {@code the weights}
   * @param right the kind that it should have, and may have though it is damaged
   * @return empty where the file is of the right kind or of none that is known: the reader's own
   *     words say more then
   */
  public static Optional<String> mistaken(Path file, String wanted, FileKind... right) {
    FileKind kind = of(file);
    if (kind == UNKNOWN || Arrays.asList(right).contains(kind)) {
      return Optional.empty();
    }
    if (kind == MISSING) {
      return Optional.of("%s does not exist: %s".formatted(file, kind.remedy));
    }
    return Optional.of(
        "%s is %s%s, not %s: %s"
            .formatted(file, kind.title, kind == TEXT ? begin(file) : "", wanted, kind.remedy));
  }

  /** Servers answer with sentences such as "Entry not found". */
  private static String begin(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      String line =
          new String(in.readNBytes(HEAD_BYTES), StandardCharsets.UTF_8)
              .strip()
              .lines()
              .findFirst()
              .orElse("");
      return " that begins with \""
          + (line.length() > 60 ? line.substring(0, 60) + "…" : line)
          + "\"";
    } catch (IOException e) {
      return "";
    }
  }
}
