package ai.medr1.core.torchscript;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import ai.medr1.core.checkpoint.DType;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.Test;

/** Java and the kernels mean the same names: all are declared, all are written, all are read. */
class KeyTest {
  /** Kernels have their arguments in a dictionary {@code a}. */
  private static final Pattern READ = Pattern.compile("\\ba\\[\"(\\w+)\"]|\"(\\w+)\" in a\\b");

  private static final Pattern OTHER = Pattern.compile("\\ba\\[[^\"]");
  private static final Pattern WRITTEN = Pattern.compile("\\bKey\\.([A-Z0-9_]+)\\b");

  @Test
  void kernelsReadWhatIsDeclared() throws IOException {
    String source = archive();
    assertThat(found(READ, source))
        .isEqualTo(
            Arrays.stream(Key.values())
                .map(Key::text)
                .collect(Collectors.toCollection(TreeSet::new)));
    assertThat(OTHER.matcher(source).find()).as("keys that are no literals").isFalse();
    try (Kernels kernels = Kernels.load(Probe.shape(), DType.F32, Device.cpu())) {
      assertThat(kernels.manager().isOpen()).isTrue();
    }
  }

  @Test
  void javaWritesWhatIsDeclared() throws IOException {
    StringBuilder source = new StringBuilder();
    try (Stream<Path> files = Files.walk(Path.of("src/main/java"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
        source.append(Files.readString(file));
      }
    }
    assertThat(found(WRITTEN, source.toString()))
        .isEqualTo(
            Arrays.stream(Key.values())
                .map(Key::name)
                .collect(Collectors.toCollection(TreeSet::new)));
  }

  /** All source in the archive that a model loads. */
  private static String archive() throws IOException {
    StringBuilder source = new StringBuilder();
    byte[] bytes = Kernels.archive(Probe.shape());
    try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(bytes))) {
      for (ZipEntry e = zip.getNextEntry(); e != null; e = zip.getNextEntry()) {
        if (e.getName().endsWith(".py")) {
          source.append(new String(zip.readAllBytes(), StandardCharsets.UTF_8));
        }
      }
    }
    return source.toString();
  }

  private static Set<String> found(Pattern pattern, String source) {
    Set<String> found = new TreeSet<>();
    Matcher matcher = pattern.matcher(source);
    while (matcher.find()) {
      found.add(matcher.group(1) == null ? matcher.group(2) : matcher.group(1));
    }
    return found;
  }
}
