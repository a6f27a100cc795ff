package ai.medr1.core;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes files so that nobody ever sees half of one; what was there before stays until then. */
public final class AtomicFile {
  private AtomicFile() {}

  /** Writes what a file is to hold. */
  public interface Content {
    /**
     * @param temporary a file that is not there yet, beside the place of the other
     */
    void writeTo(Path temporary) throws IOException;
  }

  /**
   * Writes a file beside its place and moves it there; folders are made as needed.
   *
   * @throws InputException if the place cannot be written
   */
  public static void write(Path file, byte[] bytes) {
    try {
      write(file, temporary -> Files.write(temporary, bytes));
    } catch (IOException e) {
      throw new InputException("cannot write " + file + ": " + IoReason.of(e), e);
    }
  }

  /** The same with a text, in UTF-8. */
  public static void write(Path file, String text) {
    write(file, text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * The same with what does not lie in memory.
   *
   * @throws IOException if the disk or the content fails
   */
  public static void write(Path file, Content content) throws IOException {
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null) {
      throw new InputException("cannot write " + file + ": it is not a file's name");
    }
    Files.createDirectories(folder);
    Path temporary = folder.resolve(temporaryName());
    try {
      content.writeTo(temporary);
      move(temporary, target);
    } finally {
      Files.deleteIfExists(temporary);
    }
  }

  /** A thread writes one file at a time. The JDK's temporary files could be read by nobody else. */
  private static String temporaryName() {
    return ".medr1-"
        + ProcessHandle.current().pid()
        + "-"
        + Thread.currentThread().getId()
        + ".part";
  }

  private static void move(Path from, Path to) throws IOException {
    try {
      Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (AtomicMoveNotSupportedException e) {
      Files.move(from, to, StandardCopyOption.REPLACE_EXISTING);
    }
  }
}
