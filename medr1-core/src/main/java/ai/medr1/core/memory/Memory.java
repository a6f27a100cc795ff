package ai.medr1.core.memory;

import ai.djl.Device;
import ai.djl.util.cuda.CudaUtils;
import java.io.IOException;
import java.lang.management.MemoryUsage;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Stream;

/** What the system tells about the memory of this process. */
public final class Memory {
  private static final Path PROC = Path.of("/proc");
  private static final Path CGROUP = Path.of("/sys/fs/cgroup");

  private Memory() {}

  /**
   * Bytes that this process may have altogether, what it has already included: on a CPU the less of
   * free memory and the limit of its control group, on a GPU what is free there. Empty on systems
   * other than Linux without a GPU.
   */
  public static OptionalLong available(Device device) {
    if (device.isGpu()) {
      MemoryUsage gpu = CudaUtils.getGpuMemory(device);
      return OptionalLong.of(gpu.getMax() - gpu.getUsed());
    }
    return available(PROC, CGROUP);
  }

  static OptionalLong available(Path proc, Path cgroup) {
    OptionalLong free = field(proc.resolve("meminfo"), "MemAvailable:", 1024);
    if (free.isEmpty()) {
      return free;
    }
    long own = field(proc.resolve("self/status"), "VmRSS:", 1024).orElse(0);
    return OptionalLong.of(
        Stream.concat(Stream.of(free.getAsLong()), leftOfGroups(proc, cgroup).stream())
                .mapToLong(Long::longValue)
                .min()
                .orElseThrow()
            + own);
  }

  /** What the limits of this process's control group and those above it leave. */
  private static List<Long> leftOfGroups(Path proc, Path cgroup) {
    String name =
        lines(proc.resolve("self/cgroup")).stream()
            .filter(line -> line.startsWith("0::/"))
            .map(line -> line.substring("0::/".length()))
            .findFirst()
            .orElse("");
    return Stream.iterate(
            cgroup.resolve(name), dir -> dir != null && dir.startsWith(cgroup), Path::getParent)
        .map(Memory::left)
        .filter(OptionalLong::isPresent)
        .map(OptionalLong::getAsLong)
        .toList();
  }

  private static OptionalLong left(Path group) {
    OptionalLong most = number(group.resolve("memory.max"));
    OptionalLong now = number(group.resolve("memory.current"));
    if (most.isEmpty() || now.isEmpty()) {
      return OptionalLong.empty();
    }
    long reclaimable = field(group.resolve("memory.stat"), "inactive_file", 1).orElse(0);
    return OptionalLong.of(Math.max(0, most.getAsLong() - now.getAsLong() + reclaimable));
  }

  /**
   * The most that this process has had: resident memory on Linux, on a GPU what is in use there
   * now, which libtorch does not give back. Empty where the system does not tell.
   */
  public static OptionalLong peak(Device device) {
    return device.isGpu()
        ? OptionalLong.of(CudaUtils.getGpuMemory(device).getUsed())
        : field(PROC.resolve("self/status"), "VmHWM:", 1024);
  }

  /** The number behind a name, times the unit of the file. */
  private static OptionalLong field(Path file, String name, long unit) {
    return lines(file).stream()
        .filter(line -> line.startsWith(name))
        .map(line -> line.replaceAll("\\D", ""))
        .filter(digits -> !digits.isEmpty())
        .mapToLong(digits -> Long.parseLong(digits) * unit)
        .findFirst();
  }

  /** The number that a file holds; empty for "max" and where there is no such file. */
  private static OptionalLong number(Path file) {
    return lines(file).stream()
        .filter(line -> line.matches("\\d{1,18}"))
        .mapToLong(Long::parseLong)
        .findFirst();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.isReadable(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      return List.of();
    }
  }
}
