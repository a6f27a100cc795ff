package ai.medr1.eval;

import ai.medr1.core.AtomicFile;
import ai.medr1.core.InputException;
import ai.medr1.core.JsonFile;
import ai.medr1.core.model.Libtorch;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Where and when something was computed: {@code environment.json} of a training run or an
 * evaluation.
 *
 * @param medr1 version of this library
 * @param java version of the JVM
 * @param os name, version and architecture
 * @param cpu model of the processor
 * @param threads that libtorch computes with
 * @param libtorch version
 * @param device {@code cpu} or {@code cuda:0}
 * @param started when this was begun, or gone on with
 * @param seconds that it has taken until now, however often it was cut; empty in its first second
 */
public record Environment(
    String medr1,
    String java,
    String os,
    String cpu,
    int threads,
    String libtorch,
    String device,
    Instant started,
    Optional<Double> seconds) {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String FILE = "environment.json";
  private static final Path CPU_INFO = Path.of("/proc/cpuinfo");

  /** This process, now. */
  public static Environment now(String device) {
    return new Environment(
        version(),
        Runtime.version().toString(),
        String.join(" ", property("os.name"), property("os.version"), property("os.arch")),
        processor(),
        Libtorch.threads(),
        Libtorch.version(),
        device,
        Instant.now().truncatedTo(ChronoUnit.SECONDS),
        Optional.empty());
  }

  /**
   * The seconds that {@code environment.json} of a directory tells; 0 where nothing tells them,
   * since no work is worth losing for that.
   */
  static double spent(Path directory) {
    try {
      return JsonFile.read(directory.resolve(FILE)).path("seconds").asDouble();
    } catch (InputException untold) {
      return 0;
    }
  }

  Environment withSeconds(double taken) {
    double rounded = Math.round(1e3 * taken) / 1e3;
    return new Environment(
        medr1, java, os, cpu, threads, libtorch, device, started, Optional.of(rounded));
  }

  /** Writes {@code environment.json} to a directory. */
  public void write(Path directory) {
    ObjectNode root =
        JSON.createObjectNode()
            .put("medr1", medr1)
            .put("java", java)
            .put("os", os)
            .put("cpu", cpu)
            .put("threads", threads)
            .put("libtorch", libtorch)
            .put("device", device)
            .put("started", started.toString());
    seconds.ifPresentOrElse(s -> root.put("seconds", s), () -> root.putNull("seconds"));
    String text = root.toPrettyString() + "\n";
    AtomicFile.write(directory.resolve(FILE), text);
  }

  /** The version of this library. */
  public static String version() {
    try (InputStream text = Environment.class.getResourceAsStream("version.txt")) {
      byte[] bytes = Objects.requireNonNull(text, "version.txt").readAllBytes();
      return new String(bytes, StandardCharsets.UTF_8).strip();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The processor's name where the system tells it (Linux), else its kind. */
  private static String processor() {
    try (Stream<String> lines = Files.lines(CPU_INFO)) {
      return lines
          .filter(line -> line.startsWith("model name"))
          .map(line -> line.substring(line.indexOf(':') + 1).strip())
          .findFirst()
          .orElse(property("os.arch"));
    } catch (IOException | UncheckedIOException e) {
      return property("os.arch");
    }
  }

  private static String property(String name) {
    return System.getProperty(name, "unknown");
  }
}
