package ai.medr1.data;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import java.io.IOException;
import java.nio.file.AtomicMoveNotSupportedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Writes files so that nobody ever sees half of one. */
public final class AtomicFile {
  private AtomicFile() {}

  /**
   * Writes a file beside its place and moves it there; folders are made as needed.
   *
   * @throws InputException if the place cannot be written
   */
  public static void write(Path file, byte[] bytes) {
    Path target = file.toAbsolutePath();
    Path folder = target.getParent();
    if (folder == null) {
      throw new InputException("cannot write " + file + ": it is not a file's name");
    }
    try {
      Files.createDirectories(folder);
      Path temporary = folder.resolve(temporaryName());
      try {
        Files.write(temporary, bytes);
        move(temporary, target);
      } finally {
        Files.deleteIfExists(temporary);
      }
    } catch (IOException e) {
      throw new InputException("cannot write " + file + ": " + IoReason.of(e), e);
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
