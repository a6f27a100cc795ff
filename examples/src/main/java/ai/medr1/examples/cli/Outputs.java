package ai.medr1.examples.cli;

import ai.medr1.core.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** Directories that commands write to. */
final class Outputs {
  private Outputs() {}

  /** Weights must never take the place of others. */
  static void requireEmpty(Path out) throws IOException {
    if (!Files.isDirectory(out)) {
      return;
    }
    try (Stream<Path> entries = Files.list(out)) {
      if (entries.findAny().isPresent()) {
        throw new InputException(
            out + " is not empty: choose a new directory, or delete what is in it first");
      }
    }
  }
}
