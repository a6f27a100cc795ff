package ai.medr1.core;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps two runs from writing to one directory: a lock of the system on its file {@code .lock}. It
 * ends with the process at the latest, also when that is killed; the file stays.
 */
public final class DirectoryLock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(DirectoryLock.class);

  /**
   * What this process holds. The system's locks are those of a process: it does not refuse the
   * second of two in one process, and closing one of them would end the other.
   */
  private static final Set<Path> HERE = ConcurrentHashMap.newKeySet();

  private final Path key;
  private final FileChannel channel;

  private DirectoryLock(Path key, FileChannel channel) {
    this.key = key;
    this.channel = channel;
  }

  /**
   * Takes the lock of a directory, which is made where it is missing.
   *
   * @throws InputException if another run has it, or the directory cannot be written to
   */
  public static DirectoryLock take(Path directory) {
    try {
      Files.createDirectories(directory);
      Path key = directory.toRealPath();
      if (!HERE.add(key)) {
        throw inUse(directory);
      }
      try {
        return new DirectoryLock(key, locked(directory));
      } catch (IOException | RuntimeException e) {
        HERE.remove(key);
        throw e;
      }
    } catch (IOException e) {
      throw new InputException("cannot write to " + directory + ": " + IoReason.of(e), e);
    }
  }

  private static FileChannel locked(Path directory) throws IOException {
    FileChannel channel =
        FileChannel.open(
            directory.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (!lock(channel, directory)) {
      channel.close();
      throw inUse(directory);
    }
    return channel;
  }

  /** False where another process has it. Some network file systems have no locks at all. */
  private static boolean lock(FileChannel channel, Path directory) {
    try {
      return channel.tryLock() != null;
    } catch (IOException e) {
      LOG.warn(
          "{} cannot be locked ({}): see to it that nothing else writes to it meanwhile",
          directory,
          e.getMessage());
      return true;
    }
  }

  private static InputException inUse(Path directory) {
    return new InputException(
        directory
            + " is in use: another training, evaluation or experiment works in it; wait for its end, or choose another directory");
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      HERE.remove(key);
    }
  }
}
