package ai.medr1.report;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileVisitResult;
import java.nio.file.FileVisitor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import java.util.TreeSet;

/** Says whether anything that a report shows has changed. */
final class RunFiles {
  private RunFiles() {}

  /** The same as long as no file of the runs that a report reads has changed. */
  static String version(List<Path> runs) {
    TreeSet<String> files = new TreeSet<>();
    FileVisitor<Path> collect =
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes) {
            return directory.getFileName() != null
                    && directory.getFileName().toString().startsWith("checkpoint-")
                ? FileVisitResult.SKIP_SUBTREE
                : FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            if (file.toString().matches(".*\\.(json|jsonl|yaml)")) {
              files.add(file + " " + attributes.size() + " " + attributes.lastModifiedTime());
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) {
            return FileVisitResult.CONTINUE; // gone since its folder was listed
          }
        };
    try {
      for (Path run : runs) {
        Files.walkFileTree(run, collect);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Integer.toHexString(files.hashCode()) + "-" + files.size();
  }
}
