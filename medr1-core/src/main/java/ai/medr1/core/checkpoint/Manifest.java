package ai.medr1.core.checkpoint;

import ai.medr1.core.AtomicFile;
import ai.medr1.core.InputException;
import ai.medr1.core.IoReason;
import ai.medr1.core.JsonFile;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32C;

/**
 * What a directory held when it was written: {@code manifest.json} with size and CRC-32C of every
 * file. It finds what a disk or a copy has changed; it is no protection against somebody who means
 * to change files.
 */
public final class Manifest {
  private static final String NAME = "manifest.json";
  private static final int BUFFER = 1 << 20;

  private Manifest() {}

  /**
   * Writes the manifest of a directory, and has the disk write all its files before it returns.
   *
   * @throws IOException if the disk fails
   */
  public static void write(Path directory) throws IOException {
    ObjectNode files = new ObjectMapper().createObjectNode();
    for (Path file : files(directory)) {
      files
          .putObject(file.getFileName().toString())
          .put("size", Files.size(file))
          .put("crc32c", checksum(file));
      sync(file, StandardOpenOption.WRITE);
    }
    AtomicFile.write(directory.resolve(NAME), files.toPrettyString());
    sync(directory.resolve(NAME), StandardOpenOption.WRITE);
    syncFolder(directory);
  }

  /** Has the disk write the names in a folder, where the system can be asked to. */
  public static void syncFolder(Path directory) {
    try {
      sync(directory, StandardOpenOption.READ);
    } catch (IOException e) {
      // Windows opens no folders; there the names are on disk when the move returns
    }
  }

  private static void sync(Path path, StandardOpenOption how) throws IOException {
    try (FileChannel channel = FileChannel.open(path, how)) {
      channel.force(true);
    }
  }

  /**
   * Compares the files of a directory with its manifest; one without a manifest passes. Files that
   * were taken away, such as the state of the optimizer, are left to whoever needs them.
   *
   * @throws InputException naming the first file that is not as it was written
   */
  public static void check(Path directory) {
    check(directory, false);
  }

  /** The same, and all files have to be there. */
  public static void checkAll(Path directory) {
    check(directory, true);
  }

  private static void check(Path directory, boolean all) {
    Path manifest = directory.resolve(NAME);
    if (!Files.isRegularFile(manifest)) {
      return;
    }
    try {
      for (Map.Entry<String, JsonNode> entry : JsonFile.read(manifest).properties()) {
        if (all || Files.exists(directory.resolve(entry.getKey()))) {
          check(directory, entry.getKey(), entry.getValue());
        }
      }
    } catch (IOException e) {
      throw new InputException("%s cannot be read: %s".formatted(directory, IoReason.of(e)), e);
    }
  }

  private static void check(Path directory, String name, JsonNode expected) throws IOException {
    Path file = directory.resolve(name);
    if (!file.normalize().startsWith(directory.normalize()) || !expected.isObject()) {
      throw new InputException(
          directory.resolve(NAME) + ": the entry " + name + " is not that of a file beside it");
    }
    if (!Files.isRegularFile(file)) {
      throw changed(file, "it is missing");
    }
    long size = expected.path("size").asLong();
    if (Files.size(file) != size) {
      throw changed(file, "expected %,d bytes, found %,d".formatted(size, Files.size(file)));
    }
    String sum = checksum(file);
    if (!sum.equals(expected.path("crc32c").asText())) {
      throw changed(
          file,
          "expected the CRC-32C %s, found %s".formatted(expected.path("crc32c").asText(), sum));
    }
  }

  private static InputException changed(Path file, String how) {
    return new InputException(
        "%s is not as it was written: %s; take another checkpoint, or delete %s beside it where the change was meant"
            .formatted(file, how, NAME));
  }

  private static List<Path> files(Path directory) throws IOException {
    try (Stream<Path> entries = Files.list(directory)) {
      return entries
          .filter(Files::isRegularFile)
          .filter(file -> !file.endsWith(NAME))
          .sorted(Comparator.comparing(Path::toString))
          .toList();
    }
  }

  private static String checksum(Path file) throws IOException {
    CRC32C sum = new CRC32C();
    byte[] buffer = new byte[BUFFER];
    try (InputStream in = Files.newInputStream(file)) {
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        sum.update(buffer, 0, read);
      }
    }
    return HexFormat.of().toHexDigits((int) sum.getValue());
  }
}
