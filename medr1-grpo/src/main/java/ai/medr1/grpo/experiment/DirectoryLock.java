package ai.medr1.grpo.experiment;

import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** Keeps two processes from working in one directory; ends with the process at the latest. */
record DirectoryLock(FileChannel channel) implements AutoCloseable {

  /**
   * Takes the lock of a directory, which is made where it is missing.
   *
   * @throws InputException if somebody else has it
   */
  static DirectoryLock take(Path directory) {
    try {
      Files.createDirectories(directory);
      Path file = directory.resolve(".lock");
      FileChannel channel =
          FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (lock(channel) == null) {
        channel.close();
        throw new InputException(
            directory + " is in use: another process works on this experiment; wait for its end");
      }
      return new DirectoryLock(channel);
    } catch (IOException e) {
      throw new InputException("cannot write to " + directory + ": " + IoReason.of(e), e);
    }
  }

  private static @Nullable FileLock lock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException heldHere) {
      return null;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
