package ai.medr1.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {
  @TempDir Path temp;

  /** Another process: holds a lock until its input ends, or it is killed. */
  public static final class Holder {
    private Holder() {}

    public static void main(String[] args) throws IOException {
      DirectoryLock lock = DirectoryLock.take(Path.of(args[0]));
      System.out.println("holds");
      System.in.read();
      lock.close();
    }
  }

  private static Process start(Path directory) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx64m",
            "-cp",
            System.getProperty("java.class.path"),
            Holder.class.getName(),
            directory.toString())
        .redirectErrorStream(true)
        .start();
  }

  private static void assertInUse(Path directory) {
    assertThatThrownBy(() -> DirectoryLock.take(directory))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(directory + " is in use")
        .hasMessageContaining("wait for its end, or choose another directory")
        .hasMessageNotContaining("\n");
  }

  @Test
  @Timeout(60)
  void anotherProcessIsKeptOutUntilItIsKilled() throws Exception {
    Path run = temp.resolve("run");
    Process other = start(run);
    try {
      assertThat(other.inputReader().lines().anyMatch("holds"::equals)).isTrue();
      assertInUse(run);
      assertInUse(run);
    } finally {
      other.destroyForcibly();
    }
    assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
    DirectoryLock.take(run).close();
  }

  /** Closing the file that was opened for the refused try would end the lock of the first. */
  @Test
  @Timeout(60)
  void aRefusedTryInThisProcessLeavesTheLock() throws Exception {
    Path run = temp.resolve("run");
    Path same = temp.resolve("run/../run");
    DirectoryLock lock = DirectoryLock.take(run);
    try {
      assertInUse(run);
      assertInUse(same);
      Process other = start(run);
      assertThat(other.inputReader().lines().anyMatch(line -> line.contains("is in use"))).isTrue();
      assertThat(other.waitFor(30, TimeUnit.SECONDS)).isTrue();
    } finally {
      lock.close();
    }
    DirectoryLock.take(run).close();
  }

  @Test
  void whatIsNoDirectoryIsNamed() throws IOException {
    Path file = Files.writeString(temp.resolve("file"), "x");

    assertThatThrownBy(() -> DirectoryLock.take(file))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("cannot write to", file.toString());
  }
}
