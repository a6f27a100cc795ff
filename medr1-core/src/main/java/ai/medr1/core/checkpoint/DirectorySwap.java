package ai.medr1.core.checkpoint;

import ai.medr1.core.Folders;
import ai.medr1.core.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Stream;

/**
 * Replaces a directory as a whole: the new one is made beside it and takes its name when it is
 * complete. If that fails the old one is as it was.
 *
 * @param target the directory; symbolic links are followed
 * @param replaced tells by name which entries of an existing directory go; the others stay
 */
record DirectorySwap(Path target, Predicate<String> replaced) {

  /** Writes files into an empty directory. */
  interface Filler {
    void fill(Path dir) throws IOException;
  }

  static DirectorySwap of(Path target, Predicate<String> replaced) throws IOException {
    Path real = Files.exists(target) ? target.toRealPath() : target.toAbsolutePath().normalize();
    if (real.getFileName() == null || (Files.exists(real) && !Files.isDirectory(real))) {
      throw new InputException("cannot write a directory to " + target + ": choose another path");
    }
    if (Files.exists(real) && !isReplaceable(real, replaced)) {
      throw new InputException(
          target + " is not empty and holds no checkpoint: choose an empty or a new directory");
    }
    return new DirectorySwap(real, replaced);
  }

  void run(Filler filler) throws IOException {
    Files.createDirectories(target.resolveSibling(""));
    Path fresh = Files.createDirectory(sibling("new"));
    try {
      filler.fill(fresh);
      install(fresh);
    } finally {
      Folders.delete(fresh);
    }
  }

  private void install(Path fresh) throws IOException {
    if (!Files.exists(target)) {
      Files.move(fresh, target);
      return;
    }
    Path old = sibling("old");
    Files.move(target, old);
    try {
      Files.move(fresh, target);
    } catch (IOException e) {
      Files.move(old, target);
      throw e;
    }
    for (Path entry : entries(old)) {
      if (!replaced.test(name(entry))) {
        Files.move(entry, target.resolve(name(entry)));
      }
    }
    Folders.delete(old);
  }

  private Path sibling(String role) {
    return target.resolveSibling("." + name(target) + "." + role + "-" + UUID.randomUUID());
  }

  private static boolean isReplaceable(Path dir, Predicate<String> replaced) throws IOException {
    List<Path> entries = entries(dir);
    return entries.isEmpty() || entries.stream().anyMatch(entry -> replaced.test(name(entry)));
  }

  private static List<Path> entries(Path dir) throws IOException {
    try (Stream<Path> entries = Files.list(dir)) {
      return entries.toList();
    }
  }

  private static String name(Path path) {
    return String.valueOf(path.getFileName());
  }
}
