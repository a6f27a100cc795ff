package ai.medr1.core.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryTest {
  private static final long MIB = 1 << 20;

  @TempDir Path dir;
  private Path proc;
  private Path cgroup;

  @BeforeEach
  void system() throws IOException {
    proc = Files.createDirectories(dir.resolve("proc"));
    cgroup = Files.createDirectories(dir.resolve("cgroup"));
    write(proc.resolve("meminfo"), "MemTotal:       4096000 kB\nMemAvailable:   2048000 kB\n");
    write(proc.resolve("self/status"), "Name:\tjava\nVmRSS:\t  102400 kB\n");
    write(proc.resolve("self/cgroup"), "0::/user/run\n");
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  @Test
  void whatIsFreeAndWhatTheProcessHas() {
    assertThat(Memory.available(proc, cgroup)).hasValue(2100 * MIB);
  }

  @Test
  void theLimitOfAGroupCounts() throws IOException {
    write(cgroup.resolve("user/run/memory.max"), "max\n");
    write(cgroup.resolve("user/run/memory.current"), Long.toString(100 * MIB));
    write(cgroup.resolve("user/memory.max"), Long.toString(1000 * MIB));
    write(cgroup.resolve("user/memory.current"), Long.toString(500 * MIB));
    write(cgroup.resolve("user/memory.stat"), "anon 5\ninactive_file " + 50 * MIB + "\n");
    assertThat(Memory.available(proc, cgroup)).hasValue((1000 - 500 + 50 + 100) * MIB);
  }

  @Test
  void anotherSystemDoesNotTell() {
    assertThat(Memory.available(dir.resolve("none"), cgroup)).isEmpty();
  }

  @Test
  void thePeakIsAtLeastWhatThereIs() {
    assumeThat(Path.of("/proc/self/status")).exists();
    assertThat(Memory.peak(Device.cpu()).orElseThrow()).isGreaterThan(20 * MIB);
    assertThat(Memory.available(Device.cpu()).orElseThrow()).isPositive();
  }
}
